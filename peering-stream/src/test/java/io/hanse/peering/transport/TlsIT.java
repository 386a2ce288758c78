package io.hanse.peering.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.identity.ServerNameTrust;
import io.hanse.identity.TlsContexts;
import io.hanse.peering.link.LinkTarget;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a foreign client sees in the handshake, against what was recorded of a real acceptor. */
class TlsIT {
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer("dc1", outbound -> new RecordingInbound());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private SSLSocket connect(String sni, String version, String... protocols) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TlsContexts.client(ServerNameTrust.of(server.roots(), server.serverName()))
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.server.port());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    parameters.setProtocols(new String[] {version});
    if (!sni.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(sni)));
    }
    socket.setSSLParameters(parameters);
    return socket;
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, h2, h2",
    "TLSv1.2, h2, h2",
    "TLSv1.3, 'http/1.1 h2', h2",
    "TLSv1.3, 'grpc-exp h2', h2",
    "TLSv1.3, other, ''",
    "TLSv1.3, '', ''",
    "TLSv1.2, '', ''"
  })
  void shouldSelectH2WhenOfferedAndServeOthers(String version, String offered, String selected)
      throws Exception {
    String[] protocols = offered.isEmpty() ? new String[0] : offered.split(" ", -1);
    try (SSLSocket socket = connect(server.serverName(), version, protocols)) {
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEqualTo(selected);
      assertThat(socket.getSession().getPeerCertificates()).hasSize(1);
    }
  }

  @Test
  void shouldShowTheOneCertificateForAnyName() throws Exception {
    for (String sni : List.of("", "other.example", "server.dc1.consul")) {
      try (SSLSocket socket = connect(sni, "TLSv1.3", "h2")) {
        socket.startHandshake();
        assertThat(socket.getSession().getPeerCertificates()).hasSize(1);
      }
    }
  }

  @Test
  void shouldRefuseOldVersions() throws Exception {
    try (SSLSocket socket = connect(server.serverName(), "TLSv1.1", "h2")) {
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void shouldCloseWhoSpeaksNoTls() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.server.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(readToEnd(socket.getInputStream())).isTrue();
    }
  }

  private static boolean readToEnd(InputStream in) {
    try {
      in.readAllBytes();
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      // Reset: closed as well.
      return true;
    }
  }

  @Test
  void shouldSendServerNameWithUnderscore() throws Exception {
    String name = "server.dc_1.peering.x.consul";
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setSoTimeout(10_000);
      RecordingInbound inbound = new RecordingInbound();
      new GrpcDialer(server.executor)
          .dial(
              new LinkTarget("127.0.0.1:" + listener.getLocalPort(), name, server.roots()),
              outbound -> inbound);
      try (Socket socket = listener.accept()) {
        byte[] hello = socket.getInputStream().readNBytes(300);
        assertThat(new String(hello, StandardCharsets.ISO_8859_1)).contains(name);
      }
      assertThat(inbound.end.get(10, TimeUnit.SECONDS).isOk()).isFalse();
    }
  }
}
