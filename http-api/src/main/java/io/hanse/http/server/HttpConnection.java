package io.hanse.http.server;

import io.hanse.fsm.error.ProblemException;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.server.Dispatcher.Dispatched;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: one request at a time, in order; what a client sends ahead is kept up to
 * a bound and then not read. It goes on reading while a request is held back, to learn of a client
 * that has gone.
 */
final class HttpConnection extends SimpleChannelInboundHandler<HttpObject> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  /** Parts of requests that came ahead, before reading stops. */
  private static final int AHEAD_MAX = 16;

  /** So much of a body that is too large is read for courtesy: then the connection ends. */
  private static final long DISCARDED_BYTES_MAX = 8L << 20;

  private static final byte[] NOTHING = {};

  private final Dispatcher dispatcher;
  private final ResponseSender sender;
  private final Transfers transfers;

  /** Mostly nothing comes ahead, and a parked query should take little. */
  private final ArrayDeque<HttpObject> ahead = new ArrayDeque<>(1);

  private @Nullable HttpRequest head;
  private @Nullable ByteArrayOutputStream body;
  private long bodyLength;
  private boolean isAnswering;
  private boolean isClosing;

  /** An answer that is there at once calls back while the queue is gone through. */
  private boolean isGoingOn;

  private @Nullable Call current;
  private @Nullable Upload upload;

  /** The answer to the request of which the body is still read, for courtesy. */
  private @Nullable Answer refusal;

  HttpConnection(Dispatcher dispatcher, ResponseWriter writer, Transfers transfers) {
    super(false);
    this.transfers = transfers;
    this.dispatcher = dispatcher;
    sender = new ResponseSender(writer, transfers, this::goOn);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
    if (isAnswering) {
      ahead.add(part);
      if (ahead.size() >= AHEAD_MAX) {
        context.channel().config().setAutoRead(false);
      }
    } else {
      accept(context, part);
    }
  }

  private void accept(ChannelHandlerContext context, HttpObject part) {
    try {
      if (isClosing) {
        return;
      }
      if (part.decoderResult().isFailure()) {
        breakOff(context, Answer.text(400, "400 Bad Request"));
        return;
      }
      if (part instanceof HttpRequest request) {
        begin(context, request);
      }
      if (part instanceof HttpContent content && head != null) {
        take(context, head, content);
      }
    } finally {
      ReferenceCountUtil.release(part);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    head = request;
    body = null;
    bodyLength = 0;
    refusal = null;
    if (dispatcher.takesFile(
        request.method().name(), request.uri(), ConnectionGate.clientOf(context))) {
      beginUpload(context, request);
    }
    if (HttpUtil.is100ContinueExpected(request)) {
      long declared = HttpUtil.getContentLength(request, 0L);
      if (upload == null && refusal == null && declared > dispatcher.bodyBytesMax(request.uri())) {
        refusal = dispatcher.tooLarge(request.uri(), declared);
      }
      if (refusal != null) {
        breakOff(context, refusal);
      } else {
        context.writeAndFlush(ResponseWriter.interim(HttpResponseStatus.CONTINUE));
      }
    }
  }

  private void beginUpload(ChannelHandlerContext context, HttpRequest request) {
    try {
      upload =
          new Upload(
              transfers,
              transfers.upload(ConnectionGate.clientOf(context)),
              context,
              received -> dispatchUploaded(context, request, received),
              failure -> breakOff(context, ProblemResponses.of(failure)));
      upload.begin();
    } catch (ProblemException e) {
      refusal = ProblemResponses.of(e);
    }
  }

  private void take(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
    if (upload != null) {
      boolean isWhole = content instanceof LastHttpContent;
      isAnswering = isWhole;
      upload.take(content.content(), isWhole);
      return;
    }
    int length = content.content().readableBytes();
    boolean isLast = content instanceof LastHttpContent;
    bodyLength += length;
    if (refusal != null) {
      if (isLast || bodyLength > DISCARDED_BYTES_MAX) {
        isClosing = !isLast;
        respond(context, refusal);
      }
      return;
    }
    int max = dispatcher.bodyBytesMax(request.uri());
    if (bodyLength <= max && length > 0) {
      copy(content, length);
    }
    if (bodyLength > max && (isLast || bodyLength > max + DISCARDED_BYTES_MAX)) {
      isClosing = !isLast;
      long declared = HttpUtil.getContentLength(request, bodyLength);
      respond(context, dispatcher.tooLarge(request.uri(), declared));
    } else if (isLast) {
      dispatch(context, request, Optional.empty());
    }
  }

  private void dispatchUploaded(
      ChannelHandlerContext context, HttpRequest request, Upload.Received received) {
    upload = null;
    try {
      dispatch(context, request, Optional.of(received));
    } catch (RuntimeException | Error e) {
      received.close();
      throw e;
    }
  }

  /** Answers before the end of the request. */
  private void breakOff(ChannelHandlerContext context, Answer answer) {
    abortUpload();
    isClosing = true;
    respond(context, answer);
  }

  private void copy(HttpContent content, int length) {
    if (body == null) {
      body = new ByteArrayOutputStream(length);
    }
    try {
      content.content().readBytes(body, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void dispatch(
      ChannelHandlerContext context, HttpRequest request, Optional<Upload.Received> received) {
    isAnswering = true;
    byte[] bytes = body == null ? NOTHING : body.toByteArray();
    body = null;
    Dispatched dispatched =
        dispatcher.dispatch(
            new Dispatcher.Incoming(
                request.method().name(),
                request.uri(),
                name -> request.headers().get(name),
                bytes,
                received.map(Upload.Received::file),
                ConnectionGate.clientOf(context),
                context.channel().eventLoop()));
    current = dispatched.call().orElse(null);
    dispatched
        .answer()
        .whenComplete(
            (answer, failure) -> {
              received.ifPresent(Upload.Received::close);
              Answer known = failure == null ? answer : ProblemResponses.of(failure);
              if (context.executor().inEventLoop()) {
                respond(context, known, dispatched);
              } else {
                context.executor().execute(() -> respond(context, known, dispatched));
              }
            });
  }

  private void respond(ChannelHandlerContext context, Answer answer) {
    respond(context, answer, Dispatched.endpoint(answer));
  }

  private void respond(ChannelHandlerContext context, Answer answer, Dispatched dispatched) {
    HttpRequest request = head;
    head = null;
    current = null;
    isAnswering = true;
    boolean keepsOpen = request != null && HttpUtil.isKeepAlive(request) && !isClosing;
    isClosing = !keepsOpen;
    sender.send(context, request, answer, dispatched, keepsOpen);
  }

  private void goOn(ChannelHandlerContext context) {
    isAnswering = false;
    if (isGoingOn) {
      return;
    }
    isGoingOn = true;
    while (!isAnswering && !ahead.isEmpty()) {
      accept(context, ahead.poll());
    }
    isGoingOn = false;
    if (ahead.isEmpty()) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void abortUpload() {
    if (upload != null) {
      upload.abort();
      upload = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (current != null) {
      current.cancel();
    }
    abortUpload();
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
    context.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && (!isAnswering || sender.isLeftLying())) {
      context.close();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection broke client={}", context.channel().remoteAddress(), cause);
    context.close();
  }
}
