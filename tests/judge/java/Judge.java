import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Neo4j's own classes as a judge: one question a line on standard input, one verdict a line on
 * standard output. The version of Neo4j is the class path, and so is which Policies and Settings
 * were compiled with this: those of from_3 or of from_4.
 */
public final class Judge {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Policies policies = new Policies();
    private final Handshakes handshakes = new Handshakes(policies);

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err); // nothing that Neo4j's classes print may look like a verdict
        Judge judge = new Judge();
        BufferedReader questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            answers.write(JSON.writeValueAsBytes(judge.answer(JSON.readTree(line))));
            answers.write('\n');
            answers.flush();
        }
        judge.handshakes.close();
    }

    /** A failure of the judge itself is told apart from every verdict by the key "broken". */
    private Map<String, Object> answer(JsonNode question) {
        try {
            return switchOn(question);
        } catch (Exception | LinkageError failure) {
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("broken", Told.chain(failure));
            return answer;
        }
    }

    private Map<String, Object> switchOn(JsonNode question) throws Exception {
        switch (question.get("ask").asText()) {
            case "properties":
                return PropertiesFile.read(question.get("raw").binaryValue());
            case "load":
                return policies.load(question);
            case "declared":
                return Settings.declared();
            case "treat":
                return Settings.treat(question);
            case "forget":
                policies.forget();
                return new LinkedHashMap<>();
            case "handshake":
                return handshakes.shake(question);
            case "listen":
                return handshakes.listen(question);
            case "heard":
                return handshakes.heard();
            default:
                throw new IllegalArgumentException("unknown question");
        }
    }
}
