// Short connections in a row: node client.js ADDRESS PORT TIMES. Prints when it dials and "connected N"; stays until its standard input ends.
const [address, port, times] = process.argv.slice(2);
const net = require("net");

function dial(left) {
  if (left === 0) {
    console.log(`connected ${times}`);
    process.stdin.resume();
    return;
  }
  if (left === Number(times)) {
    console.log(`dialling ${port} ${Date.now() * 1000}`);
  }
  const connection = net.connect(Number(port), address, () => connection.write("t".repeat(64)));
  connection.on("data", () => connection.end());
  connection.on("close", () => dial(left - 1));
}

dial(Number(times));
