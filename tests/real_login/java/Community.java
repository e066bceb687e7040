import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** A real Neo4j Community with Bolt; it ends with its standard input, and so with whoever started it. */
public final class Community {
    private Community() {}

    /** The argument is NEO4J_HOME; the first line of standard input is the password of the user neo4j. */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String password = lines.readLine();
        Thread lifeline = new Thread(() -> endWith(lines));
        lifeline.setDaemon(true);
        lifeline.start();
        DatabaseManagementService service = new DatabaseManagementServiceBuilder(home)
                .loadPropertiesFromFile(home.resolve("conf").resolve("neo4j.conf"))
                .build();
        service.database("system").executeTransactionally(
                "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED",
                Map.of("password", password));
        System.out.println("Ready.");
        lifeline.join();
    }

    private static void endWith(BufferedReader lines) {
        try {
            while (lines.readLine() != null) {}
        } catch (Exception gone) {
            // as good as its end
        }
        Runtime.getRuntime().halt(0);
    }
}
