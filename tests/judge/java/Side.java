import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;

/** One end of a connection: says or returns one byte, and remembers every failure. */
final class Side extends ChannelInboundHandlerAdapter {
    private final boolean isAcceptor;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final List<List<String>> failures = new CopyOnWriteArrayList<>();
    private volatile Channel channel;
    private volatile boolean echoed;
    private volatile String protocol;
    private volatile String peer;

    Side(boolean isAcceptor) {
        this.isAcceptor = isAcceptor;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        channel = context.channel();
        if (!isAcceptor && context.pipeline().get("tls") == null) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1, 2, 3, 4, 5, 6}));
        }
        super.channelActive(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent) {
            SslHandshakeCompletionEvent done = (SslHandshakeCompletionEvent) event;
            if (!done.isSuccess()) {
                remember(done.cause());
            } else {
                look(context);
                if (!isAcceptor) {
                    context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
                }
            }
        }
    }

    private void look(ChannelHandlerContext context) {
        var session = context.pipeline().get(SslHandler.class).engine().getSession();
        protocol = session.getProtocol();
        try {
            X509Certificate leaf = (X509Certificate) session.getPeerCertificates()[0];
            peer = leaf.getSerialNumber().toString(16);
        } catch (SSLPeerUnverifiedException none) {
            peer = null;
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        echoed = true;
        if (isAcceptor) {
            context.writeAndFlush(bytes);
        } else {
            bytes.release();
        }
        settled.countDown();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        remember(failure);
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        settled.countDown();
    }

    /** A connection that was never made settles this side too. */
    void connected(Throwable failure) {
        if (failure != null) {
            remember(failure);
            settled.countDown();
        }
    }

    private void remember(Throwable failure) {
        List<String> chain = Told.chain(failure);
        if (!failures.contains(chain)) {
            failures.add(chain);
        }
    }

    boolean settled(int seconds) throws InterruptedException {
        return settled.await(seconds, TimeUnit.SECONDS);
    }

    void close() throws InterruptedException {
        if (channel != null) {
            channel.close().sync();
        }
    }

    boolean hasEcho() {
        return echoed;
    }

    List<List<String>> failures() {
        return failures;
    }

    String protocol() {
        return protocol;
    }

    String peer() {
        return peer;
    }
}
