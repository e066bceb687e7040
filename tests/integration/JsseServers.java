import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** JSSE servers, one a port: every client_auth with every TLS version. Ends with its standard input. */
public class JsseServers {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        SSLContext context = context(folder);
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            for (String asks : new String[] {"REQUIRE", "OPTIONAL", "NONE"}) {
                SSLServerSocket listener = (SSLServerSocket) context.getServerSocketFactory()
                        .createServerSocket(0, 64, java.net.InetAddress.getByName("127.0.0.1"));
                listener.setEnabledProtocols(new String[] {version});
                listener.setNeedClientAuth(asks.equals("REQUIRE"));
                if (asks.equals("OPTIONAL")) {
                    listener.setWantClientAuth(true);
                }
                System.out.println(version + " " + asks + " " + listener.getLocalPort());
                daemon(() -> accept(listener));
            }
        }
        System.out.flush();
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static void accept(SSLServerSocket listener) {
        while (true) {
            try {
                SSLSocket connection = (SSLSocket) listener.accept();
                daemon(() -> serve(connection));
            } catch (IOException gone) {
                return;
            }
        }
    }

    private static void serve(SSLSocket connection) {
        try (connection) {
            connection.setSoTimeout(20000);
            connection.startHandshake();
            connection.getInputStream().read();
        } catch (IOException refused) {
            return;
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    private static SSLContext context(Path folder) throws Exception {
        CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        Certificate leaf = certificates.generateCertificate(Files.newInputStream(folder.resolve("public.crt")));
        Certificate anchor = certificates.generateCertificate(Files.newInputStream(folder.resolve("ca.crt")));
        String pem = Files.readString(folder.resolve("private.key")).replaceAll("-----[^-]*-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", key, new char[0], new Certificate[] {leaf});
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", anchor);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(own, new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
