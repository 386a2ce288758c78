package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hanse.peering.proto.DialedAddress;
import org.junit.jupiter.api.Test;

/** What is kept of each address that was dialed. */
class DialRecordTest {
  private final DialRecord record = new DialRecord();

  @Test
  void shouldNotCallAnAddressFailedWhereAFollowerAnswered() {
    record.attempted("10.0.0.1:8503");
    record.failed("no answer", 1_000);
    record.attempted("10.0.0.2:8503");
    record.failed("no answer", 2_000);
    record.attempted("10.0.0.1:8503");

    record.answered();

    assertThat(record.shown())
        .extracting(DialedAddress::getLastError, DialedAddress::getLastErrorMillis)
        .containsExactly(tuple("", 0L), tuple("no answer", 2_000L));
  }

  @Test
  void shouldKeepAPeersWordsOnOneLineAndQuotationMarksAsTheyAre() {
    record.attempted("10.0.0.1:8503");

    record.failed("unknown \"beta\"\n\u001b[2J", 1_000);

    assertThat(record.shown().get(0).getLastError()).isEqualTo("unknown \"beta\"\\n\\x1b[2J");
  }
}
