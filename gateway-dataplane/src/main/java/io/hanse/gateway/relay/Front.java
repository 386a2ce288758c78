package io.hanse.gateway.relay;

/** What a listener does with a connection that was let in. */
@FunctionalInterface
public interface Front {
  /** Called on the connection's loop while its channel is set up; may end the connection. */
  void accepted(Connection connection);
}
