import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.neo4j.configuration.Config;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.graphdb.config.Setting;
import org.neo4j.io.fs.DefaultFileSystemAbstraction;
import org.neo4j.ssl.SslPolicy;
import org.neo4j.ssl.config.SslPolicyLoader;

/** Loads a neo4j.conf with Config and the cluster policy in it, or another, with SslPolicyLoader. */
final class Policies {
    private final Map<String, SslPolicy> loaded = new HashMap<>();

    SslPolicy policy(String name) {
        return loaded.get(name);
    }

    void forget() {
        loaded.clear();
    }

    /**
     * Answers with "refused" (by Config), "failed" (by the loader) or "policy", always with what
     * was logged; a policy is kept under the question's "name" for handshakes.
     */
    Map<String, Object> load(JsonNode question) throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        Told told = new Told();
        answer.put("log", told.lines());
        Config config;
        try {
            config = config(question);
        } catch (Exception refused) {
            answer.put("refused", Told.chain(refused));
            return answer;
        }
        replay(config, told);
        answer.put("settings", settings(config));
        answer.put("unknown", undeclared(config, Path.of(question.get("conf").asText())));
        answer.put("stage", "load");
        try {
            SslPolicyScope scope = SslPolicyScope.valueOf(question.path("scope").asText("CLUSTER"));
            SslPolicy policy = loader(config, told).getPolicy(scope);
            // Netty looks at the chain only now, which is when Neo4j opens its routing port.
            answer.put("stage", "context");
            policy.nettyServerContext();
            policy.nettyClientContext();
            loaded.put(question.get("name").asText(), policy);
            answer.put("policy", policy(policy));
        } catch (Exception failed) {
            answer.put("failed", Told.chain(failed));
        }
        return answer;
    }

    private static Config config(JsonNode question) throws Exception {
        List<String> enterprise = new ArrayList<>();
        question.get("enterprise").forEach(prefix -> enterprise.add(prefix.asText()));
        List<String> kept = new ArrayList<>();
        question.get("kept").forEach(key -> kept.add(key.asText()));
        Predicate<String> community =
                key -> kept.contains(key) || enterprise.stream().noneMatch(key::startsWith);
        Config.Builder builder =
                from(Path.of(question.get("conf").asText()), Config.newBuilder(), community)
                        .set(GraphDatabaseSettings.neo4j_home, Path.of(question.get("home").asText()));
        if (question.hasNonNull("strict")) {
            builder.set(
                    GraphDatabaseSettings.strict_config_validation,
                    question.get("strict").asBoolean());
        }
        if (question.path("expand").asBoolean()) {
            Config.Builder.class.getMethod("allowCommandExpansion").invoke(builder);
        }
        return builder.build();
    }

    /**
     * Reads a file: 4.4 and later leave out what a filter names, 4.2 and 4.3 take a Path alone,
     * and before that it was a File. Who asks those has to leave it out himself.
     */
    static Config.Builder from(Path conf, Config.Builder builder, Predicate<String> filter)
            throws Exception {
        for (Method method : Config.Builder.class.getMethods()) {
            if (method.getName().equals("fromFile") && method.getParameterCount() == 3) {
                return (Config.Builder) method.invoke(builder, conf, true, filter);
            }
        }
        for (Method method : Config.Builder.class.getMethods()) {
            if (method.getName().equals("fromFile") && method.getParameterCount() == 1) {
                boolean isPath = method.getParameterTypes()[0] == Path.class;
                return (Config.Builder) method.invoke(builder, isPath ? conf : conf.toFile());
            }
        }
        throw new NoSuchMethodException("Config.Builder.fromFile");
    }

    /** Config keeps what it has to say until it is given a log. */
    static void replay(Config config, Told told) throws Exception {
        for (Method method : Config.class.getMethods()) {
            if (method.getName().equals("setLogger")) {
                method.invoke(config, told.as(method.getParameterTypes()[0]));
            }
        }
    }

    /** Version 4.4 makes a loader from (config, log), 5 and later from (file system, config, log). */
    private static SslPolicyLoader loader(Config config, Told told) throws Exception {
        for (Method method : SslPolicyLoader.class.getMethods()) {
            if (method.getName().equals("create")) {
                Class<?>[] types = method.getParameterTypes();
                Object log = told.as(types[types.length - 1]);
                return (SslPolicyLoader) (types.length == 2
                        ? method.invoke(null, config, log)
                        : method.invoke(null, new DefaultFileSystemAbstraction(), config, log));
            }
        }
        throw new NoSuchMethodException("SslPolicyLoader.create");
    }

    private static Map<String, Object> settings(Config config) {
        SslPolicyConfig cluster = SslPolicyConfig.forScope(SslPolicyScope.CLUSTER);
        Map<String, Object> values = new LinkedHashMap<>();
        if (!isDeclared(config, cluster.enabled.name())) {
            return values; // a policy of which nothing stands in the file
        }
        for (Setting<?> setting : List.<Setting<?>>of(
                cluster.enabled, cluster.base_directory, cluster.private_key,
                cluster.public_certificate, cluster.trusted_dir, cluster.revoked_dir,
                cluster.client_auth, cluster.verify_hostname, cluster.tls_versions,
                cluster.ciphers, cluster.trust_all)) {
            Object value = config.get(setting);
            String suffix = setting.name().substring(setting.name().lastIndexOf('.') + 1);
            values.put(suffix, value instanceof List ? value : value == null ? null : value.toString());
        }
        values.put("has_password", config.get(cluster.private_key_password) != null);
        return values;
    }

    /** The SSL settings of the file that Config does not know, though it loaded without a word. */
    private static List<String> undeclared(Config config, Path conf) throws Exception {
        Properties raw = new Properties();
        try (var stream = java.nio.file.Files.newInputStream(conf)) {
            raw.load(stream);
        }
        List<String> unknown = new ArrayList<>();
        for (String key : raw.stringPropertyNames()) {
            if (key.startsWith("dbms.ssl.policy.") && !isDeclared(config, key)) {
                unknown.add(key);
            }
        }
        unknown.sort(null);
        return unknown;
    }

    private static boolean isDeclared(Config config, String key) {
        try {
            return config.getSetting(key) != null;
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }

    private static Map<String, Object> policy(SslPolicy policy) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("client_auth", policy.getClientAuth().name());
        answer.put("verify_hostname", policy.isVerifyHostname());
        String[] versions = policy.getTlsVersions();
        answer.put("tls_versions", versions == null ? null : Arrays.asList(versions));
        List<String> chain = new ArrayList<>();
        for (X509Certificate certificate : policy.certificateChain()) {
            chain.add(certificate.getSerialNumber().toString(16));
        }
        answer.put("chain", chain);
        return answer;
    }
}
