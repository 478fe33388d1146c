// An HTTP server: node server.js ADDRESS PORT. Prints "listening PORT".
const [address, port] = process.argv.slice(2);
const server = require("http").createServer((_, response) => response.writeHead(200, { Connection: "close" }).end("{}"));
server.listen(Number(port), address, () => console.log(`listening ${port}`));
