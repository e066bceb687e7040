import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.neo4j.configuration.ConfigValue;
import org.neo4j.graphdb.config.Setting;
import org.neo4j.kernel.configuration.Config;
import org.neo4j.kernel.configuration.ssl.SslPolicyConfig;
import org.neo4j.logging.Log;

/** The same questions before 4.0; there are no scopes, so "any" stands for every policy. */
final class Settings {
    private static final String BASE = "dbms.ssl.policy.any.base_directory";

    private Settings() {}

    static Map<String, Object> declared() throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("names", new TreeMap<>(values(Config.defaults())));
        answer.put("scopes", List.of());
        Map<String, Object> found = new TreeMap<>();
        SslPolicyConfig policy = new SslPolicyConfig("any");
        Config config = Config.builder().withSetting(BASE, "certificates").build();
        for (Field field : SslPolicyConfig.class.getFields()) {
            if (Setting.class.isAssignableFrom(field.getType())) {
                Setting<?> setting = (Setting<?>) field.get(policy);
                Object value = config.get(setting);
                String suffix = setting.name().substring(setting.name().lastIndexOf('.') + 1);
                found.put(suffix, value instanceof List ? value : value == null ? null : value.toString());
            }
        }
        answer.put("policies", Map.of("any", found));
        return answer;
    }

    static Map<String, Object> treat(JsonNode question) throws Exception {
        Path conf = Files.createTempFile("treat", ".conf");
        Map<String, Object> answer = new LinkedHashMap<>();
        Told told = new Told();
        answer.put("log", told.lines());
        try {
            Files.write(conf, question.get("raw").binaryValue());
            Config config = Policies.config(conf, question);
            config.setLogger((Log) told.as(Log.class));
            Files.write(conf, new byte[0]);
            Map<String, String> before = values(Policies.config(conf, question));
            Map<String, String> after = values(config);
            after.entrySet().removeIf(one -> one.getValue().equals(before.get(one.getKey())));
            answer.put("values", after);
        } catch (Exception refused) {
            answer.put("refused", Told.chain(refused));
        } finally {
            Files.delete(conf);
        }
        return answer;
    }

    private static Map<String, String> values(Config config) {
        Map<String, String> values = new TreeMap<>();
        for (Map.Entry<String, ConfigValue> one : config.getConfigValues().entrySet()) {
            values.put(one.getKey(), String.valueOf(one.getValue().value().orElse(null)));
        }
        return values;
    }
}
