package io.hanse.http.server;

import io.hanse.fsm.error.ProblemException;
import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Call;
import io.hanse.http.exchange.Gzip;
import io.hanse.http.exchange.ProblemResponses;
import io.hanse.http.exchange.Transfers;
import io.hanse.http.server.Dispatcher.Dispatched;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends answers on one connection, one after the other: encoded for it, as bytes that all get who
 * ask for the same, or in parts that are made on the way. Used on the connection's event loop.
 */
final class ResponseSender {
  private static final Logger LOG = LoggerFactory.getLogger(ResponseSender.class);

  /** The time may have begun just before the answer was there. */
  private static final int IDLE_WHILE_ENDING_MAX = 1;

  private final ResponseWriter writer;
  private final Transfers transfers;
  private final Consumer<ChannelHandlerContext> goOn;

  /** The last of an answer was handed to the transport, which has not sent it yet. */
  private boolean isEnding;

  private int idleWhileEnding;

  /**
   * @param goOn with the connection, once an answer is sent after which it stays open
   */
  ResponseSender(ResponseWriter writer, Transfers transfers, Consumer<ChannelHandlerContext> goOn) {
    this.writer = writer;
    this.transfers = transfers;
    this.goOn = goOn;
  }

  /**
   * @param request null if it could not be read
   * @param keepsOpen whether the connection stays open after it
   */
  void send(
      ChannelHandlerContext context,
      @Nullable HttpRequest request,
      Answer answer,
      Dispatched dispatched,
      boolean keepsOpen) {
    ResponseWriter.Form form = formOf(request, dispatched);
    if (answer.body() instanceof Answer.Body.Stream stream) {
      HttpResponse response = writer.head(answer, form);
      HttpUtil.setTransferEncodingChunked(response, true);
      HttpUtil.setKeepAlive(response.headers(), HttpVersion.HTTP_1_1, keepsOpen);
      context.write(response);
      send(context, stream.content(), keepsOpen);
      return;
    }
    if (request != null && keepsOpen && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      Optional<ByteBuf> shared = writer.shared(answer, form);
      if (shared.isPresent()) {
        // It is what the encoder would make of it.
        end(context, context.pipeline().context(HttpResponseEncoder.class), shared.get(), true);
        return;
      }
    }
    FullHttpResponse response = encode(context, answer, form);
    if (request != null) {
      HttpUtil.setKeepAlive(response.headers(), request.protocolVersion(), keepsOpen);
    } else {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    end(context, context, response, keepsOpen);
  }

  private void send(
      ChannelHandlerContext context, Answer.StreamContent content, boolean keepsOpen) {
    try {
      transfers.goOn(
          () -> {
            try {
              Download.send(context, content);
              context
                  .executor()
                  .execute(
                      () -> end(context, context, LastHttpContent.EMPTY_LAST_CONTENT, keepsOpen));
            } catch (IOException | RuntimeException | Error e) {
              LOG.warn("transfer broke client={}", context.channel().remoteAddress(), e);
              context.close();
            }
          });
    } catch (ProblemException e) {
      content.close();
      context.close();
    }
  }

  /**
   * @param from where in the pipeline it is sent from
   */
  private void end(
      ChannelHandlerContext context, ChannelHandlerContext from, Object last, boolean keepsOpen) {
    isEnding = true;
    idleWhileEnding = 0;
    from.writeAndFlush(last)
        .addListener(
            written -> {
              if (keepsOpen && written.isSuccess()) {
                isEnding = false;
                goOn.accept(context);
              } else {
                context.close();
              }
            });
  }

  private FullHttpResponse encode(
      ChannelHandlerContext context, Answer answer, ResponseWriter.Form form) {
    try {
      return writer.write(answer, form, context.alloc());
    } catch (RuntimeException | Error e) {
      // Nobody else would answer, and the connection would stay taken.
      return writer.write(ProblemResponses.of(e), form, context.alloc());
    }
  }

  private static ResponseWriter.Form formOf(@Nullable HttpRequest request, Dispatched dispatched) {
    if (request == null) {
      return new ResponseWriter.Form(false, false, false, false);
    }
    Optional<String> encodings =
        Optional.ofNullable(request.headers().get(HttpHeaderNames.ACCEPT_ENCODING));
    Optional<Call> call = dispatched.call();
    return new ResponseWriter.Form(
        call.isPresent() && call.get().parameters().has("pretty"),
        Gzip.isAccepted(encodings),
        request.method().name().equals("HEAD"),
        dispatched.ofEndpoint());
  }

  /**
   * Whether the other end leaves a whole answer lying: it would keep it here for ever. Asked each
   * time that the connection was idle for long.
   */
  boolean isLeftLying() {
    return isEnding && ++idleWhileEnding > IDLE_WHILE_ENDING_MAX;
  }
}
