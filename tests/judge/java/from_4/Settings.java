import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.neo4j.configuration.Config;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.graphdb.config.Setting;

/** Which settings there are, and what becomes of a few lines of neo4j.conf. */
final class Settings {
    private Settings() {}

    /** Answers with every declared name, and with what SSL policies are made of. */
    static Map<String, Object> declared() throws Exception {
        Config config = Config.defaults();
        Map<String, Object> names = new TreeMap<>();
        for (Map.Entry<String, Setting<Object>> one : config.getDeclaredSettings().entrySet()) {
            names.put(one.getKey(), String.valueOf(config.get(one.getValue())));
        }
        List<String> scopes = new ArrayList<>();
        Map<String, Object> policies = new TreeMap<>();
        for (SslPolicyScope scope : SslPolicyScope.values()) {
            scopes.add(scope.name());
            policies.put(scope.name(), suffixes(scope));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("names", names);
        answer.put("scopes", scopes);
        answer.put("policies", policies);
        return answer;
    }

    /** The suffixes of a scope, each with its default. */
    private static Map<String, Object> suffixes(SslPolicyScope scope) throws Exception {
        SslPolicyConfig policy = SslPolicyConfig.forScope(scope);
        Config config = Config.newBuilder().set(policy.enabled, false).build();
        Map<String, Object> found = new TreeMap<>();
        for (Field field : SslPolicyConfig.class.getFields()) {
            if (Setting.class.isAssignableFrom(field.getType())) {
                Setting<?> setting = (Setting<?>) field.get(policy);
                String suffix = setting.name().substring(policy.getPrefix().length() + 1);
                Object value = config.get(setting);
                suffix = suffix.substring(suffix.lastIndexOf('.') + 1);
                found.put(suffix, value instanceof List ? value : value == null ? null : value.toString());
            }
        }
        return found;
    }

    /** Answers with "refused", or with the settings that are no longer at their defaults. */
    static Map<String, Object> treat(JsonNode question) throws Exception {
        Path conf = Files.createTempFile("treat", ".conf");
        Map<String, Object> answer = new LinkedHashMap<>();
        Told told = new Told();
        answer.put("log", told.lines());
        try {
            Files.write(conf, question.get("raw").binaryValue());
            Config.Builder builder = Policies.from(conf, Config.newBuilder(), key -> true);
            builder.set(GraphDatabaseSettings.neo4j_home, Path.of(question.get("home").asText()));
            if (question.hasNonNull("strict")) {
                boolean strict = question.get("strict").asBoolean();
                builder.set(GraphDatabaseSettings.strict_config_validation, strict);
            }
            Config config = builder.build();
            Policies.replay(config, told);
            answer.put("values", set(config));
        } catch (Exception refused) {
            answer.put("refused", Told.chain(refused));
        } finally {
            Files.delete(conf);
        }
        return answer;
    }

    private static Map<String, String> set(Config config) {
        Map<String, String> values = new TreeMap<>();
        for (Setting<Object> setting : config.getDeclaredSettings().values()) {
            if (config.isExplicitlySet(setting)) {
                values.put(setting.name(), String.valueOf(config.get(setting)));
            }
        }
        return values;
    }
}
