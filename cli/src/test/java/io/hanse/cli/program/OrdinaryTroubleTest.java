package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines as Ratis wrote them while clusters of three began, elected, and lost a server. */
class OrdinaryTroubleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server.RaftServer$Division|Try to add/replace a majority of servers in a single setConf|DENY",
        "server.RaftServer$Division|a@g: Failed to recognize b as leader for APPEND_ENTRIES|DENY",
        "server.RaftServer$Division|a@g-LeaderStateImpl: Lost leadership on term: 2. Election|DENY",
        "server.RaftServer$Division|Follower a@g->b(c22,m22,n23, caughtUp=true)|DENY",
        "server.impl.TransferLeadership|a@g: Failed to startLeaderElection for b|DENY",
        "grpc.server.GrpcServerProtocolService|a: APPEND_ENTRIES onError, lastRequest: null|DENY",
        "server.RaftServer|a: JVM pause detected 3.2s longer than the threshold|NEUTRAL",
        "server.raftlog.segmented.SegmentedRaftLogWorker|a: Failed to flush: Follower b|NEUTRAL",
      })
  void shouldKeepWhatNobodyHasToMendFromTheLog(String logger, String text, FilterReply reply) {
    Logger library = new LoggerContext().getLogger("org.apache.ratis." + logger);

    assertThat(new OrdinaryTrouble().decide(event(library, text, null))).isEqualTo(reply);
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.ratis.server.RaftServer$Division, DENY",
    "io.hanse.raft.Replication, NEUTRAL"
  })
  void shouldKnowAServerThatStopsByWhatIsThrown(String logger, FilterReply reply) {
    Logger from = new LoggerContext().getLogger(logger);

    assertThat(
            new OrdinaryTrouble()
                .decide(event(from, "Failed appendEntries", new ServerNotReadyException())))
        .isEqualTo(reply);
  }

  private static LoggingEvent event(Logger logger, String text, Throwable thrown) {
    return new LoggingEvent("", logger, Level.WARN, text, thrown, null);
  }

  /** By its name, as the library's. */
  private static final class ServerNotReadyException extends Exception {
    private static final long serialVersionUID = 1;
  }
}
