import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** What java.util.Properties reads in the bytes of a neo4j.conf. */
final class PropertiesFile {
    private PropertiesFile() {}

    static Map<String, Object> read(byte[] raw) throws Exception {
        Map<String, Object> answer = new LinkedHashMap<>();
        Properties properties = new Properties();
        try {
            properties.load(new ByteArrayInputStream(raw));
            answer.put("values", properties);
        } catch (IllegalArgumentException refused) {
            answer.put("error", Told.chain(refused));
        }
        return answer;
    }
}
