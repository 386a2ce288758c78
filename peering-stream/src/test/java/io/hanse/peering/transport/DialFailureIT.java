package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.peering.link.LinkException;
import io.hanse.peering.link.LinkStatus;
import io.hanse.peering.link.LinkTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator is told of a stream that could not be opened: in words, with the address. */
class DialFailureIT {
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer("dc-alpha", outbound -> new RecordingInbound());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private LinkStatus failure(String address, List<String> roots) throws Exception {
    RecordingInbound inbound = new RecordingInbound();
    new GrpcDialer(server.executor)
        .dial(
            new LinkTarget(address, "vpn", server.serverName(), roots),
            outbound -> {
              outbound.requestNext();
              return inbound;
            });
    return inbound.end.get(20, TimeUnit.SECONDS);
  }

  @Test
  void shouldSayThatNobodyListens() throws Exception {
    String address;
    try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + gone.getLocalPort();
    }

    LinkStatus failure = failure(address, server.roots());

    assertThat(failure.text())
        .isEqualTo(
            address
                + " (vpn) refused the connection: no server listens there, or a firewall is in"
                + " between");
    assertThat(failure.isNameUnknown()).isFalse();
  }

  @Test
  void shouldSayThatANameIsUnknown() throws Exception {
    LinkStatus failure = failure("no-such-host.invalid:8503", server.roots());

    assertThat(failure.text())
        .isEqualTo(
            "the name no-such-host.invalid of no-such-host.invalid:8503 (vpn) is unknown: check"
                + " it, and this server's DNS");
    assertThat(failure.code()).isEqualTo(LinkStatus.Code.UNAVAILABLE);
    assertThat(failure.isNameUnknown()).isTrue();
  }

  @Test
  void shouldSayWhoseCertificateIsNotTrusted() throws Exception {
    try (TestServer other = new TestServer("dc-beta", outbound -> new RecordingInbound())) {
      assertThat(failure(server.address(), other.roots()).text())
          .startsWith("the certificate of " + server.address() + " (vpn) is not trusted: ")
          .endsWith("establish the peering again with a new token from there");
    }
  }

  @Test
  void shouldSayThatThePortSpeaksSomethingElse() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + web.getLocalPort();
      answering(web, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      assertThat(failure(address, server.roots()).text())
          .startsWith(address + " (vpn) speaks no TLS; check that the address");
      answering(web, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      assertThat(failure(address, List.of()).text())
          .startsWith(address + " (vpn) does not speak the peering protocol; check");
    }
  }

  /** Reads a little of the next connection, and answers. */
  private static CompletableFuture<Void> answering(ServerSocket listener, String answer) {
    return CompletableFuture.runAsync(
        () -> {
          try (Socket accepted = listener.accept()) {
            accepted.getInputStream().readNBytes(24);
            accepted.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            accepted.shutdownOutput();
            accepted.getInputStream().readAllBytes();
          } catch (IOException e) {
            // Closed from the other side: as well.
          }
        });
  }

  @Test
  void shouldSayThatTheConnectionWasClosed() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> closing = answering(listener, "");
      String address = "127.0.0.1:" + listener.getLocalPort();
      assertThat(failure(address, server.roots()).text())
          .contains(address + " (vpn)")
          .doesNotContain("desc =", "io exception", "Exception");
      closing.join();
    }
  }

  /**
   * The refusal goes to the client of an establish: Consul's words, and no bytes in hexadecimal.
   */
  @Test
  void shouldTellWhoRedeemsATokenInGosWords() throws Exception {
    try (ServerSocket web = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> answered = answering(web, "HTTP/1.1 400 Bad Request\r\n\r\n");
      assertThat(redemption(web)).isEqualTo(handshake("first record does not look like a TLS"));
      answered.join();
      CompletableFuture<Void> closing = answering(web, "");
      assertThat(redemption(web)).contains("the other end closed").doesNotContain("Exception");
      closing.join();
    }
  }

  private static String handshake(String reason) {
    return "connection error: desc = \"transport: authentication handshake failed: tls: "
        + reason
        + " handshake\"";
  }

  private String redemption(ServerSocket listener) {
    LinkTarget target =
        new LinkTarget("127.0.0.1:" + listener.getLocalPort(), server.serverName(), server.roots());
    return new GrpcDialer(server.executor)
        .redeem(target, "id", "secret", "", Duration.ofSeconds(20))
        .handle((secret, failure) -> ((LinkException) failure.getCause()).status().text())
        .join();
  }
}
