import com.fasterxml.jackson.databind.JsonNode;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * Lets one loaded policy dial another over a real socket, with the handlers that Neo4j itself puts
 * into the pipelines of its cluster ports.
 */
final class Handshakes {
    private static final int DEADLINE_S = 8;

    private final Policies policies;
    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    private final List<Side> callers = new CopyOnWriteArrayList<>();
    private Channel door;

    Handshakes(Policies policies) {
        this.policies = policies;
    }

    void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /**
     * Answers with "accepted" and what each side saw. Accepted means that one byte went there and
     * back: under TLS 1.3 the client is done before the server has looked at its certificate.
     */
    Map<String, Object> shake(JsonNode question) throws Exception {
        String host = question.get("host").asText();
        InetAddress address = InetAddress.getByName(host);
        Side acceptor = new Side(true);
        Side connector = new Side(false);
        Channel listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(pipeline(
                        channel -> acceptorHandler(question.get("server").asText(), channel),
                        acceptor))
                .bind(new InetSocketAddress(address, 0))
                .sync()
                .channel();
        try {
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            new Bootstrap()
                    .group(loops)
                    .channel(NioSocketChannel.class)
                    .handler(pipeline(
                            channel -> connectorHandler(question.get("client").asText(), channel),
                            connector))
                    .connect(new InetSocketAddress(host, port))
                    .addListener(done -> connector.connected(done.cause()));
            boolean inTime = connector.settled(DEADLINE_S) && acceptor.settled(DEADLINE_S);
            return verdict(connector, acceptor, inTime);
        } finally {
            connector.close();
            acceptor.close();
            listener.close().sync();
        }
    }

    /** Opens a port with a policy behind it for whoever calls, until it is asked what it heard. */
    Map<String, Object> listen(JsonNode question) throws Exception {
        String server = question.get("server").asText();
        callers.clear();
        door = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) throws Exception {
                        Side side = new Side(true);
                        callers.add(side);
                        channel.pipeline().addLast("tls", acceptorHandler(server, channel));
                        channel.pipeline().addLast("side", side);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getByName(question.get("host").asText()), 0))
                .sync()
                .channel();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("port", ((InetSocketAddress) door.localAddress()).getPort());
        return answer;
    }

    /** Closes that port and answers with every caller's failures. */
    Map<String, Object> heard() throws Exception {
        door.close().sync();
        List<List<String>> failures = new ArrayList<>();
        for (Side side : callers) {
            side.close();
            failures.addAll(side.failures());
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("server", failures);
        return answer;
    }

    private static Map<String, Object> verdict(Side connector, Side acceptor, boolean inTime) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("accepted", connector.hasEcho() && acceptor.hasEcho());
        answer.put("in_time", inTime);
        answer.put("client", connector.failures());
        answer.put("server", acceptor.failures());
        answer.put("protocol", acceptor.protocol());
        answer.put("peer", acceptor.peer());
        return answer;
    }

    private ChannelHandler acceptorHandler(String name, Channel channel) throws Exception {
        return policies.policy(name).nettyServerHandler(channel);
    }

    /** "plaintext" speaks no TLS; "no-certificate" speaks it with nothing to show. */
    private ChannelHandler connectorHandler(String name, Channel channel) throws Exception {
        if (name.equals("plaintext")) {
            return null;
        }
        if (name.equals("no-certificate")) {
            return SslContextBuilder.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build()
                    .newHandler(channel.alloc());
        }
        return policies.policy(name).nettyClientHandler(channel);
    }

    private interface HandlerMaker {
        ChannelHandler make(Channel channel) throws Exception;
    }

    private static ChannelInitializer<Channel> pipeline(HandlerMaker maker, Side side) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) throws Exception {
                ChannelHandler tls = maker.make(channel);
                if (tls != null) {
                    channel.pipeline().addLast("tls", tls);
                }
                channel.pipeline().addLast("side", side);
            }
        };
    }
}
