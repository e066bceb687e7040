import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.nio.file.Path;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.neo4j.kernel.configuration.Config;
import org.neo4j.kernel.configuration.ssl.SslPolicyLoader;
import org.neo4j.logging.LogProvider;
import org.neo4j.ssl.SslPolicy;

/**
 * The SSL policies of a neo4j.conf, read and judged by Neo4j 3.5's own classes. Asked for
 * {@code "server NAME"} or {@code "client NAME"} it gives what makes the TLS handler of a channel.
 */
public final class PolicyFile implements Function<String, Function<Channel, ChannelHandler>> {
    private final SslPolicyLoader policies;

    public PolicyFile(Path conf, Path home, LogProvider log) {
        Config config = Config.fromFile(conf).withHome(home).build();
        this.policies = SslPolicyLoader.create(config, log);
    }

    @Override
    public Function<Channel, ChannelHandler> apply(String question) {
        String[] words = question.split(" ");
        if (words[1].equals("null")) {
            return null;
        }
        SslPolicy policy = policies.getPolicy(words[1]);
        return channel -> {
            try {
                return words[0].equals("server")
                        ? policy.nettyServerHandler(channel)
                        : policy.nettyClientHandler(channel);
            } catch (SSLException e) {
                throw new IllegalStateException(e);
            }
        };
    }
}
