import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/**
 * Says of policy directories what the JDK's own classes say: one line in (folder, host,
 * folder of the peer), one line out (starts, as server, as client), each parted by tabs. What stands
 * in trusted/ and revoked/ of one folder is what the peer of the other goes by.
 */
public class PeerJudge {
    private static final char[] PASSWORD = {'x'};
    private static final CertificateFactory FACTORY = factory();

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String[] asked = line.split("\t", -1);
            String[] answer = judge(Path.of(asked[0]), asked[1], Path.of(asked[2]));
            out.println(String.join("\t", answer).replace("\n", " "));
        }
    }

    private static String[] judge(Path folder, String host, Path friend) {
        SSLContext judged;
        SSLContext peer;
        try {
            judged = context(folder, certificates(friend.resolve("trusted")), List.of());
            List<CRL> lists = new ArrayList<>();
            for (Path file : files(folder.resolve("revoked"))) lists.addAll(FACTORY.generateCRLs(open(file)));
            peer = context(friend, certificates(folder.resolve("trusted")), lists);
        } catch (Exception refused) {
            return new String[] {words(refused), "-", "-"};
        }
        return new String[] {"OK", asServer(judged, peer, host), asClient(judged, peer)};
    }

    /** The peer dials, and looks at the name if there is one. */
    private static String asServer(SSLContext judged, SSLContext peer, String host) {
        SSLEngine dialling = host.isEmpty() ? peer.createSSLEngine() : peer.createSSLEngine(host, 6000);
        dialling.setUseClientMode(true);
        if (!host.isEmpty()) {
            SSLParameters parameters = dialling.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            dialling.setSSLParameters(parameters);
        }
        SSLEngine accepting = judged.createSSLEngine();
        accepting.setUseClientMode(false);
        return shake(dialling, accepting);
    }

    /** The peer is dialled, and asks for a certificate. */
    private static String asClient(SSLContext judged, SSLContext peer) {
        SSLEngine accepting = peer.createSSLEngine();
        accepting.setUseClientMode(false);
        accepting.setNeedClientAuth(true);
        SSLEngine dialling = judged.createSSLEngine();
        dialling.setUseClientMode(true);
        return shake(accepting, dialling);
    }

    private static String shake(SSLEngine first, SSLEngine second) {
        SSLEngine[] sides = {first, second};
        for (SSLEngine side : sides) side.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        ByteBuffer[] inboxes = {ByteBuffer.allocate(1 << 19), ByteBuffer.allocate(1 << 19)};
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int i = 0; i < 2; i++) {
                try {
                    moved |= step(sides[i], inboxes[i], inboxes[1 - i]);
                } catch (SSLException refused) {
                    return words(refused);
                }
            }
        }
        for (SSLEngine side : sides) {
            boolean done = side.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
            if (!done || side.getSession().getCipherSuite().contains("NULL")) return "the handshake came to a stop";
        }
        return "OK";
    }

    private static boolean step(SSLEngine side, ByteBuffer inbox, ByteBuffer outbox) throws SSLException {
        switch (side.getHandshakeStatus()) {
            case NEED_TASK:
                for (Runnable task; (task = side.getDelegatedTask()) != null; ) task.run();
                return true;
            case NEED_WRAP:
                return side.wrap(ByteBuffer.allocate(0), outbox).bytesProduced() > 0;
            default:
                inbox.flip();
                try {
                    SSLEngineResult result = side.unwrap(inbox, ByteBuffer.allocate(1 << 16));
                    return result.bytesConsumed() > 0
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
                } finally {
                    inbox.compact();
                }
        }
    }

    private static SSLContext context(Path own, List<Certificate> anchors, List<CRL> lists) throws Exception {
        Certificate[] chain = FACTORY.generateCertificates(open(own.resolve("public.crt"))).toArray(new Certificate[0]);
        KeyStore keys = KeyStore.getInstance(KeyStore.getDefaultType());
        keys.load(null, null);
        keys.setKeyEntry("own", key(own.resolve("private.key")), PASSWORD, chain);
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (Certificate one : anchors) store.setCertificateEntry("" + number++, one);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (lists.isEmpty()) {
            trust.init(store);
        } else {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
            parameters.setRevocationEnabled(true);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
            trust.init(new CertPathTrustManagerParameters(parameters));
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static PrivateKey key(Path file) throws Exception {
        String text = Files.readString(file).replaceAll("-----[^-]*-----", "");
        PKCS8EncodedKeySpec content = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text));
        for (String algorithm : List.of("RSA", "DSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(content);
            } catch (GeneralSecurityException other) {
                continue;
            }
        }
        throw new GeneralSecurityException("Key does not match RSA, DSA or EC spec.");
    }

    private static List<Certificate> certificates(Path folder) throws Exception {
        List<Certificate> found = new ArrayList<>();
        for (Path file : files(folder)) found.addAll(FACTORY.generateCertificates(open(file)));
        return found;
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) found.add(entry);
        }
        found.sort(null);
        return found;
    }

    private static InputStream open(Path file) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(file));
    }

    private static String words(Throwable thrown) {
        StringBuilder words = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t != thrown) words.append(" <- ");
            words.append(t.getClass().getSimpleName()).append(": ").append(t.getMessage());
        }
        return words.toString().replace("\t", " ");
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
