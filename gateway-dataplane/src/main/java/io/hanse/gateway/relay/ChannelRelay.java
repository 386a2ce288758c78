package io.hanse.gateway.relay;

import io.hanse.gateway.route.RouteTable;
import io.hanse.gateway.route.Target;
import io.hanse.gateway.sniff.ServerName;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The gateway's front: reads the server name of a ClientHello and relays the connection, TLS
 * unread, to where the table says. It authenticates nobody: the destination does. A refused client
 * sees the end of the connection and no alert, as with a gateway of Consul's.
 */
public final class ChannelRelay implements Front {
  private final Supplier<RouteTable> table;

  /** The table is asked for once per connection. */
  public ChannelRelay(Supplier<RouteTable> table) {
    this.table = table;
  }

  @Override
  public void accepted(Connection connection) {
    connection.client().pipeline().addFirst(new HelloHandler(connection, this));
    connection.enter(Connection.State.PEEKING);
  }

  void route(Connection connection, ServerName name) {
    Optional<Target> target = table.get().find(name);
    if (target.isEmpty()) {
      connection.end(CloseReason.NO_ROUTE, "");
    } else if (connection.route(target.get())) {
      new Dial(connection, target.get(), Optional.empty()).start();
    }
  }
}
