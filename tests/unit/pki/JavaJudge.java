import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.util.*;
import javax.crypto.*;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.*;
import sun.security.util.HostnameChecker;

/** Answers questions about files with the JDK's own classes: one line in, one line out. */
public class JavaJudge {
    static final CertificateFactory FACTORY = factory();

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        PrintStream out = new PrintStream(System.out, true, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String[] ask = line.split("\t", -1);
            String answer;
            try {
                answer = "OK " + answer(ask);
            } catch (Throwable thrown) {
                StringBuilder words = new StringBuilder();
                for (Throwable t = thrown; t != null; t = t.getCause()) {
                    words.append(t == thrown ? "" : " <- ");
                    words.append(t.getClass().getName() + ": " + t.getMessage());
                }
                answer = words.toString();
            }
            out.println(answer.replace("\n", " "));
        }
    }

    static Object answer(String[] ask) throws Exception {
        switch (ask[0]) {
            case "certificates":
                return FACTORY.generateCertificates(open(ask[1])).size();
            case "one-by-one":
                InputStream in = open(ask[1]);
                int count = 0;
                for (; in.available() > 0; count++) FACTORY.generateCertificate(in);
                return count;
            case "crls":
                return FACTORY.generateCRLs(open(ask[1])).size();
            case "key":
                return key(ask[1], ask[2]);
            case "host":
                HostnameChecker.getInstance(HostnameChecker.TYPE_TLS).match(ask[2], chain(ask[1])[0]);
                return "";
            case "keystore":
                KeyStore store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                store.setKeyEntry("key", clearKey(ask[1]), new char[] {'x'}, chain(ask[2]));
                return "";
            case "peer":
                return peer(ask[1], ask[2], ask[3], ask[4]);
            case "properties":
                Properties properties = new Properties();
                properties.load(open(ask[1]));
                return properties.getProperty("password");
            default:
                throw new IllegalArgumentException(ask[0]);
        }
    }

    static Object peer(String purpose, String trusted, String chain, String crls) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int i = 0;
        for (var one : FACTORY.generateCertificates(open(trusted))) store.setCertificateEntry("" + i++, one);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (crls.isEmpty()) {
            managers.init(store);
        } else {
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
            parameters.setRevocationEnabled(true);
            parameters.addCertStore(CertStore.getInstance("Collection",
                new CollectionCertStoreParameters(FACTORY.generateCRLs(open(crls)))));
            managers.init(new CertPathTrustManagerParameters(parameters));
        }
        X509TrustManager manager = (X509TrustManager) managers.getTrustManagers()[0];
        if (purpose.equals("server")) manager.checkServerTrusted(chain(chain), "UNKNOWN");
        else manager.checkClientTrusted(chain(chain), "UNKNOWN");
        return "";
    }

    static Object key(String path, String password) throws Exception {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der(path));
        SecretKeyFactory factory;
        Cipher cipher;
        try {
            factory = SecretKeyFactory.getInstance(info.getAlgName());
        } catch (NoSuchAlgorithmException e) {
            factory = SecretKeyFactory.getInstance(info.getAlgParameters().toString());
        }
        SecretKey secret = factory.generateSecret(new PBEKeySpec(password.toCharArray()));
        try {
            cipher = Cipher.getInstance(info.getAlgName());
        } catch (GeneralSecurityException e) {
            cipher = Cipher.getInstance(info.getAlgParameters().toString());
        }
        cipher.init(Cipher.DECRYPT_MODE, secret, info.getAlgParameters());
        var plain = info.getKeySpec(cipher);
        for (String algorithm : List.of("RSA", "EC")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(plain).getAlgorithm();
            } catch (GeneralSecurityException e) {
                continue;
            }
        }
        return "unknown";
    }

    static PrivateKey clearKey(String path) throws Exception {
        return KeyFactory.getInstance("EC").generatePrivate(new java.security.spec.PKCS8EncodedKeySpec(der(path)));
    }

    static byte[] der(String path) throws Exception {
        return Base64.getMimeDecoder().decode(Files.readString(Path.of(path)).replaceAll("-----[^-]*-----", ""));
    }

    static X509Certificate[] chain(String path) throws Exception {
        return FACTORY.generateCertificates(open(path)).toArray(new X509Certificate[0]);
    }

    static InputStream open(String path) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(Path.of(path)));
    }

    static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }
}
