package io.hanse.http.server;

import io.hanse.http.exchange.Answer;
import io.hanse.http.exchange.Gzip;
import io.hanse.http.json.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Turns an answer into the bytes of a response: how JSON is printed, what is compressed. */
final class ResponseWriter {
  private static final String LINE_END = "\r\n";

  private final HttpSettings settings;

  ResponseWriter(HttpSettings settings) {
    this.settings = settings;
  }

  /**
   * What of a request decides on the form of its response.
   *
   * @param isPretty whether it asked for indented JSON
   * @param ofEndpoint whether an endpoint answered
   */
  record Form(boolean isPretty, boolean acceptsGzip, boolean isHead, boolean ofEndpoint) {}

  FullHttpResponse write(Answer answer, Form form, ByteBufAllocator buffers) {
    if (answer.body() instanceof Answer.Body.Encoded encoded) {
      return write(answer, encoded, form);
    }
    ByteBuf body = buffers.buffer();
    try {
      String type = writeBody(answer.body(), form, body);
      boolean isCompressed = false;
      if (form.ofEndpoint() && form.acceptsGzip() && Gzip.pays(body.readableBytes())) {
        ByteBuf plain = body;
        body = compress(plain, buffers);
        plain.release();
        isCompressed = true;
      }
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()), body);
      setHeaders(response.headers(), answer, form, type);
      if (isCompressed) {
        response.headers().set("Content-Encoding", "gzip");
      }
      response.headers().set("Content-Length", body.readableBytes());
      if (form.isHead()) {
        body.clear();
      }
      return response;
    } catch (RuntimeException | Error e) {
      body.release();
      throw e;
    }
  }

  /** All that decides on the bytes of a response with a body that is kept. */
  private record Frame(int status, Map<String, String> headers, boolean isCompressed) {}

  /**
   * The whole response in bytes, as it goes to every client that gets the same on a connection that
   * stays open. Empty if this one gets something of its own.
   */
  Optional<ByteBuf> shared(Answer answer, Form form) {
    if (!(answer.body() instanceof Answer.Body.Encoded encoded)
        || form.isHead()
        || !form.ofEndpoint()) {
      return Optional.empty();
    }
    boolean isCompressed = form.acceptsGzip() && Gzip.pays(encoded.size());
    byte[] bytes =
        encoded.framed(
            new Frame(answer.status(), answer.headers(), isCompressed),
            () -> bytes(write(answer, encoded, form)));
    return Optional.of(Unpooled.wrappedBuffer(bytes));
  }

  private static byte[] bytes(FullHttpResponse response) {
    StringBuilder head =
        new StringBuilder()
            .append(response.protocolVersion())
            .append(' ')
            .append(response.status())
            .append(LINE_END);
    response
        .headers()
        .forEach(
            header ->
                head.append(header.getKey())
                    .append(": ")
                    .append(header.getValue())
                    .append(LINE_END));
    head.append(LINE_END);
    byte[] before = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = Arrays.copyOf(before, before.length + response.content().readableBytes());
    response.content().readBytes(all, before.length, all.length - before.length);
    return all;
  }

  /** The bytes are sent as they are kept. */
  private FullHttpResponse write(Answer answer, Answer.Body.Encoded encoded, Form form) {
    boolean isCompressed = form.ofEndpoint() && form.acceptsGzip() && Gzip.pays(encoded.size());
    byte[] bytes = isCompressed ? encoded.compressed(Gzip::compressed) : encoded.bytes();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            form.isHead() ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
    setHeaders(response.headers(), answer, form, Answer.JSON);
    if (isCompressed) {
      response.headers().set("Content-Encoding", "gzip");
    }
    response.headers().set("Content-Length", bytes.length);
    return response;
  }

  /** What stands before a content that comes in parts. */
  HttpResponse head(Answer answer, Form form) {
    HttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
    setHeaders(head.headers(), answer, form, null);
    return head;
  }

  private void setHeaders(HttpHeaders headers, Answer answer, Form form, @Nullable String type) {
    settings.responseHeaders().forEach(headers::set);
    if (form.ofEndpoint()) {
      headers.set("X-Consul-Default-Acl-Policy", "allow");
      if (settings.translatesAddresses()) {
        headers.set("X-Consul-Translate-Addresses", "true");
      }
      headers.set("Vary", "Accept-Encoding");
    }
    if (type != null) {
      headers.set(Answer.CONTENT_TYPE, type);
    }
    answer.headers().forEach(headers::set);
  }

  private @Nullable String writeBody(Answer.Body content, Form form, ByteBuf body) {
    if (content instanceof Answer.Body.Json json) {
      boolean isIndented = settings.isIndented() || form.isPretty();
      JsonWriter.write(new ByteBufOutputStream(body), isIndented, json.content());
      if (form.isPretty()) {
        body.writeByte('\n');
      }
      return Answer.JSON;
    } else if (content instanceof Answer.Body.Text text) {
      body.writeCharSequence(text.text(), StandardCharsets.UTF_8);
      return Answer.PLAIN;
    } else if (content instanceof Answer.Body.Raw raw) {
      body.writeBytes(raw.bytes().asReadOnlyByteBuffer());
      return null;
    }
    return content instanceof Answer.Body.Empty ? Answer.JSON : null;
  }

  private static ByteBuf compress(ByteBuf plain, ByteBufAllocator buffers) {
    ByteBuf compressed = buffers.buffer();
    try (OutputStream out = new GZIPOutputStream(new ByteBufOutputStream(compressed))) {
      plain.readBytes(out, plain.readableBytes());
    } catch (IOException e) {
      compressed.release();
      throw new UncheckedIOException(e);
    }
    return compressed;
  }

  static FullHttpResponse interim(HttpResponseStatus status) {
    return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
  }
}
