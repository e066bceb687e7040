import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.neo4j.causalclustering.handlers.DuplexPipelineWrapperFactory;
import org.neo4j.causalclustering.handlers.PipelineWrapper;
import org.neo4j.causalclustering.handlers.VoidPipelineWrapperFactory;
import org.neo4j.graphdb.config.Setting;
import org.neo4j.kernel.configuration.Config;
import org.neo4j.kernel.impl.util.Dependencies;
import org.neo4j.logging.LogProvider;

/**
 * Puts the handlers of Neo4j's own SSL policies first into the pipelines of Raft and catch-up, at
 * the place the open code keeps free for them. The policies are those of a later Neo4j than the
 * cluster's code, so their classes live apart, see {@code PolicyFile}.
 */
final class PolicyPipelines implements DuplexPipelineWrapperFactory {
    static Path conf;
    static Path home;

    private static Function<String, Function<Channel, ChannelHandler>> policies;

    @Override
    public PipelineWrapper forServer(
            Config config, Dependencies dependencies, LogProvider log, Setting<String> setting) {
        return wrapper("server", config.get(setting), log);
    }

    @Override
    public PipelineWrapper forClient(
            Config config, Dependencies dependencies, LogProvider log, Setting<String> setting) {
        return wrapper("client", config.get(setting), log);
    }

    private static PipelineWrapper wrapper(String side, String policy, LogProvider log) {
        Function<Channel, ChannelHandler> handlers = load(log).apply(side + " " + policy);
        return policy == null ? VoidPipelineWrapperFactory.VOID_WRAPPER : new Tls(side, handlers);
    }

    @SuppressWarnings("unchecked")
    private static synchronized Function<String, Function<Channel, ChannelHandler>> load(LogProvider log) {
        if (policies == null) {
            Thread thread = Thread.currentThread();
            ClassLoader usual = thread.getContextClassLoader();
            ClassLoader apart = apart(new File(System.getProperty("policy.classes")));
            thread.setContextClassLoader(apart);
            try {
                policies = (Function<String, Function<Channel, ChannelHandler>>)
                        apart.loadClass("PolicyFile")
                                .getDeclaredConstructor(Path.class, Path.class, LogProvider.class)
                                .newInstance(conf, home, log);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof RuntimeException
                        ? (RuntimeException) e.getCause()
                        : new RuntimeException(e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            } finally {
                thread.setContextClassLoader(usual);
            }
        }
        return policies;
    }

    /** Sees the JDK, Netty and Neo4j's log interface of the cluster, and beyond them only its own. */
    private static ClassLoader apart(File classes) {
        List<URL> found = new ArrayList<>();
        try {
            found.add(classes.toURI().toURL());
            for (File jar : new File(System.getProperty("policy.jars")).listFiles()) {
                if (jar.getName().endsWith(".jar") && !jar.getName().startsWith("netty")) {
                    found.add(jar.toURI().toURL());
                }
            }
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
        ClassLoader cluster = PolicyPipelines.class.getClassLoader();
        ClassLoader border = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.startsWith("io.netty.") || name.startsWith("org.neo4j.logging.")) {
                    return cluster.loadClass(name);
                }
                throw new ClassNotFoundException(name);
            }
        };
        return new URLClassLoader(found.toArray(new URL[0]), border);
    }

    private static final class Tls implements PipelineWrapper {
        private final String side;
        private final Function<Channel, ChannelHandler> handlers;

        Tls(String side, Function<Channel, ChannelHandler> handlers) {
            this.side = side;
            this.handlers = handlers;
        }

        @Override
        public List<ChannelHandler> handlersFor(Channel channel) {
            return Collections.singletonList(handlers.apply(channel));
        }

        @Override
        public String name() {
            return "tls_" + side;
        }
    }
}
