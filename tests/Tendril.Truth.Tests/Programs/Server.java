import java.net.InetAddress;
import java.net.ServerSocket;

/** An echo of 64 bytes: java Server PORT. Prints "listening PORT". */
public class Server {
    public static void main(String[] arguments) throws Exception {
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(arguments[0]), 50, InetAddress.getByName("127.0.0.1"))) {
            System.out.println("listening " + arguments[0]);
            while (true) {
                try (var socket = listener.accept()) {
                    socket.getOutputStream().write(socket.getInputStream().readNBytes(64));
                }
            }
        }
    }
}
