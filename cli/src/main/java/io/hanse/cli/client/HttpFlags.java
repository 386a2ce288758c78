package io.hanse.cli.client;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import picocli.CommandLine.Option;

/** The flags of every command that calls the API. A flag wins over its environment variable. */
public final class HttpFlags {
  private static final String DEFAULT_ADDRESS = "127.0.0.1:8500";

  @Option(
      names = "-http-addr",
      defaultValue = "",
      paramLabel = "<address>",
      description =
          "Address of the HTTP API: host:port, http://… or https://…. HANSE_HTTP_ADDR or"
              + " CONSUL_HTTP_ADDR; 127.0.0.1:8500 by default.")
  private String address = "";

  @Option(
      names = "-token",
      defaultValue = "",
      paramLabel = "<token>",
      description = "ACL token. HANSE_HTTP_TOKEN or CONSUL_HTTP_TOKEN.")
  private String token = "";

  @Option(
      names = "-token-file",
      defaultValue = "",
      paramLabel = "<file>",
      description = "File with the ACL token. HANSE_HTTP_TOKEN_FILE or CONSUL_HTTP_TOKEN_FILE.")
  private String tokenFile = "";

  @Option(
      names = "-ca-file",
      defaultValue = "",
      paramLabel = "<file>",
      description = "Certificate authority of an https address. HANSE_CACERT or CONSUL_CACERT.")
  private String caFile = "";

  @Option(
      names = "-ca-path",
      defaultValue = "",
      paramLabel = "<directory>",
      description = "Not supported yet: give -ca-file.")
  private String caPath = "";

  @Option(
      names = "-client-cert",
      defaultValue = "",
      paramLabel = "<file>",
      description = "Not supported yet.")
  private String clientCertificate = "";

  @Option(
      names = "-client-key",
      defaultValue = "",
      paramLabel = "<file>",
      description = "Not supported yet.")
  private String clientKey = "";

  @Option(
      names = "-tls-server-name",
      defaultValue = "",
      paramLabel = "<name>",
      description = "Not supported yet.")
  private String tlsServerName = "";

  /** A client that sends these flags, and the parameters given, with every request. */
  public ApiClient client(Session session, Map<String, String> parameters) {
    refuseUnsupported(session);
    boolean ssl = session.setting("HTTP_SSL").map(HttpFlags::isTrue).orElse(false);
    ServerAddress server =
        ServerAddress.parse(
            choose(address, session.setting("HTTP_ADDR")).orElse(DEFAULT_ADDRESS), ssl);
    Map<String, String> headers = new LinkedHashMap<>();
    token(session).ifPresent(secret -> headers.put("X-Consul-Token", secret));
    session
        .setting("HTTP_AUTH")
        .ifPresent(secret -> headers.put("Authorization", ApiClient.basic(secret)));
    Optional<SSLSocketFactory> tls =
        choose(caFile, session.setting("CACERT"))
            .filter(file -> server.scheme().equals("https"))
            .map(file -> TrustedRoots.of(session.path(file)));
    return new ApiClient(new ApiClient.Access(server, headers, parameters, tls));
  }

  public ApiClient client(Session session) {
    return client(session, Map.of());
  }

  /** The token of the flags or the environment, if there is one. */
  public Optional<String> token(Session session) {
    if (!token.isEmpty()) {
      return Optional.of(token);
    }
    Optional<String> file = choose(tokenFile, session.setting("HTTP_TOKEN_FILE"));
    if (file.isPresent()) {
      try {
        return Optional.of(Files.readString(session.path(file.get())).strip());
      } catch (IOException e) {
        throw new CommandFailure(
            "Error connecting to Consul agent: Error loading token file " + file.get());
      }
    }
    return session.setting("HTTP_TOKEN");
  }

  /** Better none than one that leaves out what was asked for. */
  private void refuseUnsupported(Session session) {
    refuse("-ca-path", choose(caPath, session.setting("CAPATH")));
    refuse("-client-cert", choose(clientCertificate, session.setting("CLIENT_CERT")));
    refuse("-client-key", choose(clientKey, session.setting("CLIENT_KEY")));
    refuse("-tls-server-name", choose(tlsServerName, session.setting("TLS_SERVER_NAME")));
  }

  private static void refuse(String flag, Optional<String> value) {
    if (value.isPresent()) {
      throw new CommandFailure(
          "Error connecting to Consul agent: " + flag + " is not supported yet; leave it out");
    }
  }

  private static Optional<String> choose(String flag, Optional<String> variable) {
    return flag.isEmpty() ? variable : Optional.of(flag);
  }

  private static boolean isTrue(String text) {
    return text.equals("1") || text.equalsIgnoreCase("true") || text.equalsIgnoreCase("t");
  }
}
