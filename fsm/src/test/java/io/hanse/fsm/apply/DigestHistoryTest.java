package io.hanse.fsm.apply;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DigestHistoryTest {
  @Test
  void shouldAnswerForTheNewestEntryThatIsNotBehind() {
    DigestHistory history = new DigestHistory();
    history.restart(-1, 0);
    history.add(3, 30);
    history.add(7, 70);

    assertThat(history.at(2)).hasValue(0);
    assertThat(history.at(3)).hasValue(30);
    assertThat(history.at(6)).hasValue(30);
    assertThat(history.at(100)).hasValue(70);
    history.restart(50, 5);
    assertThat(history.at(49)).isEmpty();
    assertThat(history.at(50)).hasValue(5);
  }

  @Test
  void shouldForgetWhatIsLongAgo() {
    DigestHistory history = new DigestHistory();
    for (long index = 0; index < 20_000; index++) {
      history.add(index, index * 10);
    }

    assertThat(history.at(100)).isEmpty();
    assertThat(history.at(19_000)).hasValue(190_000);
    assertThat(history.at(19_999)).hasValue(199_990);
  }
}
