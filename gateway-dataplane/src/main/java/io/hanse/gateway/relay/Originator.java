package io.hanse.gateway.relay;

import io.hanse.gateway.route.Target;
import java.util.List;
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
   * @param unhealthy that nobody healthy is reached by it, whatever its endpoints are
   */
  public record Upstream(Target target, Optional<UpstreamTls> tls, boolean unhealthy) {
    boolean leadsSomewhere() {
      return !unhealthy && tls.isPresent() && target.picker().healthyCount() > 0;
    }
  }

  private volatile List<Upstream> ways;

  /** With at least one way; each is for the time in which those before it lead nowhere. */
  public Originator(List<Upstream> ways) {
    this.ways = List.copyOf(ways);
  }

  /** For the next connections. */
  public void update(List<Upstream> changed) {
    ways = List.copyOf(changed);
  }

  static Upstream choose(List<Upstream> ways) {
    return ways.stream().filter(Upstream::leadsSomewhere).findFirst().orElse(ways.get(0));
  }

  @Override
  public void accepted(Connection connection) {
    Upstream now = choose(ways);
    connection.named(now.target().name());
    if (now.tls().isEmpty()) {
      connection.end(CloseReason.NO_ENDPOINT, HangUp.nobodyKnown(now.target()));
    } else if (connection.route(now.target())) {
      new Dial(connection, now.target(), now.tls()).start();
    }
  }
}
