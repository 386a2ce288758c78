package io.hanse.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AppliedIndexTest {
  private final AppliedIndex applied = new AppliedIndex(2, Runnable::run);

  @Test
  void shouldReleaseThoseWhoseIndexIsReached() {
    CompletableFuture<Void> third = applied.await(3);
    CompletableFuture<Void> fifth = applied.await(5);
    applied.advance(2);
    assertThat(third).isNotDone();
    applied.advance(4);
    assertThat(third).isDone();
    assertThat(fifth).isNotDone();
    applied.advance(5);
    assertThat(fifth).isDone();
    assertThat(applied.await(5)).isDone();
  }

  @Test
  void shouldRefuseAboveItsBound() {
    applied.await(1);
    applied.await(2);
    applied.await(2);
    assertThatThrownBy(() -> applied.await(3)).hasMessageContaining("try again");
  }
}
