import java.net.Socket;

/** Short connections in a row: java Client.java ADDRESS PORT TIMES. Prints when it dials and "connected N"; stays until its standard input ends. */
public class Client {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        int times = Integer.parseInt(arguments[2]);
        System.out.println("dialling " + port + " " + System.currentTimeMillis() * 1000);
        for (int i = 0; i < times; i++) {
            try (Socket socket = new Socket(arguments[0], port)) {
                socket.getOutputStream().write(new byte[64]);
                socket.getInputStream().readNBytes(64);
            }
        }
        System.out.println("connected " + times);
        System.in.read();
    }
}
