package io.hanse.gateway.relay;

import io.hanse.gateway.route.Target;
import java.util.Optional;

/**
 * A sidecar's front to its own application, one per upstream: takes plain TCP and brings it to the
 * upstream by mutual TLS. Nothing is read of the application before the other end has proved who it
 * is. All protocols are relayed as TCP.
 */
public final class Originator implements Front {
  /**
   * Where to, and how it must prove itself; both change at once.
   *
   * @param tls empty while it is not known who may answer: then nobody is dialed
   */
  public record Upstream(Target target, Optional<UpstreamTls> tls) {}

  private volatile Upstream upstream;

  public Originator(Upstream upstream) {
    this.upstream = upstream;
  }

  /** For the next connections. */
  public void update(Upstream changed) {
    upstream = changed;
  }

  @Override
  public void accepted(Connection connection) {
    Upstream now = upstream;
    connection.named(now.target().name());
    if (now.tls().isEmpty()) {
      connection.end(CloseReason.NO_ENDPOINT, "nobody has said yet who answers for this upstream");
    } else if (connection.route(now.target())) {
      new Dial(connection, now.target(), now.tls()).start();
    }
  }
}
