import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.neo4j.graphdb.config.Setting;
import org.neo4j.graphdb.factory.GraphDatabaseSettings;
import org.neo4j.kernel.configuration.Config;
import org.neo4j.kernel.configuration.ssl.SslPolicyConfig;
import org.neo4j.kernel.configuration.ssl.SslPolicyLoader;
import org.neo4j.logging.Log;
import org.neo4j.logging.LogProvider;
import org.neo4j.ssl.SslPolicy;

/** The same questions before 4.0, where a policy has a free name that the question gives. */
final class Policies {
    private final Map<String, SslPolicy> loaded = new HashMap<>();

    SslPolicy policy(String name) {
        return loaded.get(name);
    }

    void forget() {
        loaded.clear();
    }

    /** Answers as the judge of later versions does. */
    Map<String, Object> load(JsonNode question) throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        Told told = new Told();
        answer.put("log", told.lines());
        String name = question.get("policy").asText();
        Config config;
        try {
            config = config(Path.of(question.get("conf").asText()), question);
        } catch (Exception refused) {
            answer.put("refused", Told.chain(refused));
            return answer;
        }
        config.setLogger((Log) told.as(Log.class));
        answer.put("unknown", List.of()); // Config refuses every suffix it does not know
        answer.put("stage", "load");
        try {
            answer.put("settings", settings(config, name));
            LogProvider log = (LogProvider) told.as(LogProvider.class);
            SslPolicy policy = SslPolicyLoader.create(config, log).getPolicy(name);
            answer.put("stage", "context");
            policy.nettyServerContext();
            policy.nettyClientContext();
            loaded.put(question.get("name").asText(), policy);
            answer.put("policy", policy(policy));
        } catch (Exception failed) {
            answer.putIfAbsent("settings", new LinkedHashMap<>());
            answer.put("failed", Told.chain(failed));
        }
        return answer;
    }

    /** As the server itself builds it: a file it can't read stops the start. */
    static Config config(Path conf, JsonNode question) {
        Config.Builder builder =
                Config.fromFile(conf).withHome(Path.of(question.get("home").asText()));
        if (question.hasNonNull("strict")) {
            builder.withSetting(
                    GraphDatabaseSettings.strict_config_validation,
                    String.valueOf(question.get("strict").asBoolean()));
        }
        return builder.withServerDefaults().build();
    }

    private static Map<String, Object> settings(Config config, String name) {
        SslPolicyConfig policy = new SslPolicyConfig(name);
        Map<String, Object> values = new LinkedHashMap<>();
        for (Setting<?> setting : List.<Setting<?>>of(
                policy.base_directory, policy.private_key, policy.public_certificate,
                policy.trusted_dir, policy.revoked_dir, policy.client_auth,
                policy.verify_hostname, policy.tls_versions, policy.ciphers, policy.trust_all)) {
            Object value = config.get(setting);
            String suffix = setting.name().substring(setting.name().lastIndexOf('.') + 1);
            values.put(suffix, value instanceof List ? value : value == null ? null : value.toString());
        }
        values.put("has_password", config.get(policy.private_key_password) != null);
        return values;
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
