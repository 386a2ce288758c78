package io.hanse.peering.replication;

import io.hanse.fsm.port.CommandSubmitter;
import io.hanse.fsm.port.Leadership;
import io.hanse.fsm.port.StateReader;
import io.hanse.fsm.store.View;
import io.hanse.fsm.view.HostPort;
import io.hanse.fsm.view.Servers;
import io.hanse.peering.LogPace;
import io.hanse.peering.ServerAddresses;
import io.hanse.peering.link.LeaderPlace;
import io.hanse.peering.link.SecretFollower;
import io.hanse.peering.link.StreamDialer;
import java.util.Optional;

/**
 * What all streams of this server share.
 *
 * @param follower how stream secrets are followed by others, where the other cluster knows how
 * @param statuses where streams report
 * @param farewells which other ends know that their peering has ended
 * @param contents of exported services, for all peers
 * @param kept what streams that broke leave to the next
 * @param rooms when peers send once more what did not fit
 * @param pace of lines about what others do
 */
public record Replication(
    StateReader state,
    CommandSubmitter submitter,
    Leadership leadership,
    StreamDialer dialer,
    SecretFollower follower,
    Loops loops,
    StreamStatuses statuses,
    Farewells farewells,
    ReplicationSettings settings,
    ExportedContents contents,
    KeptOffers kept,
    RoomTurns rooms,
    LogPace pace) {

  /** Where the leader is, for those that ask a follower. */
  public Optional<LeaderPlace> leader() {
    try (View view = state.view()) {
      return leadership
          .standing()
          .leader()
          .flatMap(raftId -> new Servers(view).byRaftId(raftId))
          .map(
              server ->
                  new LeaderPlace(
                      HostPort.joined(server.getAddress(), server.getServerPort()),
                      ServerAddresses.forDialersOf(view, server).orElse("")));
    }
  }
}
