import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What Neo4j tells: exceptions with their causes, and the lines it logs. */
final class Told {
    private static final Set<String> LEVELS = Set.of("debug", "info", "warn", "error");

    private final List<String> lines = new ArrayList<>();

    /** Returns "CLASS: MESSAGE" of a failure and of each of its causes, the outermost first. */
    static List<String> chain(Throwable failure) {
        List<String> causes = new ArrayList<>();
        Throwable one = failure;
        while (one instanceof InvocationTargetException) {
            one = one.getCause();
        }
        for (; one != null && causes.size() < 12; one = one.getCause()) {
            causes.add(one.getClass().getName() + ": " + one.getMessage());
        }
        return causes;
    }

    List<String> lines() {
        return lines;
    }

    /** A log or a provider of logs, whatever interface this version of Neo4j has for them. */
    Object as(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                    if (LEVELS.contains(method.getName()) && arguments != null) {
                        lines.add(method.getName().toUpperCase() + " " + line(arguments));
                    }
                    if (method.getReturnType() == boolean.class) {
                        return true;
                    }
                    return method.getReturnType().isInterface() ? as(method.getReturnType()) : null;
                });
    }

    private static String line(Object[] arguments) {
        if (arguments.length == 2 && arguments[1] instanceof Object[]) {
            return String.format((String) arguments[0], (Object[]) arguments[1]);
        }
        return Arrays.toString(arguments);
    }
}
