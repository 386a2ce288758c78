package io.hanse.peering.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SilenceNewsTest {
  private final SilenceNews news = new SilenceNews(45_000);

  @Test
  void shouldTellOnceThatAPeerFellSilentAndOnceThatItIsBack() {
    assertThat(news.leftMillis(40_000)).isEqualTo(5_000);
    assertThat(news.isBack("id")).as("never silent").isFalse();
    assertThat(news.fellSilent("id", 45_700)).contains("45s");
    assertThat(news.fellSilent("id", 46_700)).isEmpty();
    assertThat(news.fellSilent("other", 125_000)).contains("2m5s");
    assertThat(news.isBack("id")).isTrue();
    assertThat(news.isBack("id")).isFalse();
    assertThat(news.fellSilent("id", 45_001)).contains("45s");
  }

  @Test
  void shouldForgetWhatIsDeleted() {
    assertThat(news.fellSilent("id", 50_000)).isPresent();
    news.retain(Set.of());
    assertThat(news.isBack("id")).isFalse();
  }
}
