import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.Properties;

/** Reads files from stdin (length, bytes) and answers each with what java.util.Properties sees. */
class PropertiesOracle {
    public static void main(String[] arguments) throws Exception {
        var in = new DataInputStream(System.in);
        var out = new DataOutputStream(System.out);
        for (int length = in.readInt(); length >= 0; length = in.readInt()) {
            var properties = new Properties();
            try {
                properties.load(new ByteArrayInputStream(in.readNBytes(length)));
                out.writeInt(properties.size());
                for (var entry : properties.entrySet()) {
                    write(out, (String) entry.getKey());
                    write(out, (String) entry.getValue());
                }
            } catch (IllegalArgumentException malformed) {
                out.writeInt(-1);
            }
            out.flush();
        }
    }

    private static void write(DataOutputStream out, String text) throws Exception {
        out.writeInt(2 * text.length());
        out.writeChars(text);
    }
}
