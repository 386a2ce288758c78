package io.hanse.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What libraries say by Java's own log goes where the program's lines go. */
@Isolated
class JavaLogTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach
  void lead() {
    told.start();
    var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(told);
    JavaLog.leadInto(context);
  }

  @AfterEach
  void giveBack() throws Exception {
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void shouldTellInTheProgramsForm() {
    Logger library = Logger.getLogger("a.library");
    library.log(java.util.logging.Level.WARNING, "lost {0}", "it");
    library.info("epoll is available");
    assertThat(told.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLoggerName()).isEqualTo("a.library");
              assertThat(event.getLevel()).isEqualTo(Level.WARN);
              assertThat(event.getFormattedMessage()).isEqualTo("lost it");
            });
  }

  @Test
  void shouldLeaveNamesThatAreNotFoundToTheDialer() {
    Logs.configureLevels(context);
    Logger.getLogger("io.grpc.internal.ManagedChannelImpl").warning("Failed to resolve name");
    Logger.getLogger("org.apache.ratis.thirdparty.io.grpc.internal.ManagedChannelImpl")
        .warning("Failed to resolve name");
    assertThat(told.list).isEmpty();
  }
}
