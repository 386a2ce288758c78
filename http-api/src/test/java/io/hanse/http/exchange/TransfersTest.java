package io.hanse.http.exchange;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransfersTest {
  private static final int PLACES = 4;

  private final Transfers transfers = new Transfers(Optional.empty());
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  @AfterEach
  void close() {
    mayEnd.countDown();
    transfers.close();
  }

  private List<CompletableFuture<Boolean>> take(int count) {
    List<CompletableFuture<Boolean>> taken = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      taken.add(transfers.run(this::waitForTheEnd));
    }
    return taken;
  }

  private boolean waitForTheEnd(Transfers.Place place) {
    try (place) {
      return mayEnd.await(30, SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Transfers.Place keep(Transfers.Place place) {
    return place;
  }

  private static boolean give(Transfers.Place place) {
    place.close();
    return true;
  }

  private CompletableFuture<Boolean> more() {
    return transfers.run(TransfersTest::give);
  }

  private static ProblemCode refusal(CompletableFuture<?> refused) {
    return refused
        .<ProblemCode>handle((done, failure) -> ((ProblemException) failure).code())
        .join();
  }

  @Test
  void shouldRefuseWhoComesWhileAllPlacesAreTaken() throws Exception {
    List<CompletableFuture<Boolean>> taken = take(PLACES);

    assertThat(refusal(more())).isEqualTo(ProblemCode.OVERLOADED);

    mayEnd.countDown();
    for (CompletableFuture<Boolean> each : taken) {
      assertThat(each.get(30, SECONDS)).isTrue();
    }
  }

  /** Its thread is not through with the one before when the next comes. */
  @Test
  void shouldHaveRoomForTheNextAsSoonAsOneIsAnswered() throws Exception {
    take(PLACES - 1);
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Boolean> next =
        transfers
            .run(
                place -> {
                  awaitQuietly(asked);
                  return give(place);
                })
            .thenCompose(done -> more());
    asked.countDown();

    assertThat(next.get(30, SECONDS)).isTrue();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldKeepThePlaceOfWhoIsAnsweredAndGoesOn() throws Exception {
    take(PLACES - 1);
    Transfers.Place kept = transfers.run(TransfersTest::keep).get(30, SECONDS);
    CompletableFuture<Boolean> sent = new CompletableFuture<>();

    assertThat(refusal(more())).isEqualTo(ProblemCode.OVERLOADED);
    transfers.goOn(() -> sent.complete(true));
    assertThat(sent.get(30, SECONDS)).isTrue();

    kept.close();
    assertThat(more().get(30, SECONDS)).isTrue();
  }

  @Test
  void shouldHaveThePlaceBackOfWhoFails() throws Exception {
    take(PLACES - 1);
    CompletableFuture<Boolean> failed =
        transfers.run(
            place -> {
              throw new IllegalStateException("no room on the disk");
            });
    assertThat(failed).failsWithin(Duration.ofSeconds(30));

    assertThat(more().get(30, SECONDS)).isTrue();
  }

  @Test
  void shouldSayThatItShutsDown() {
    transfers.close();

    assertThat(refusal(more())).isEqualTo(ProblemCode.SHUTTING_DOWN);
  }

  @Test
  void shouldKeepAPlaceForWhoRestores() throws Exception {
    for (int i = 0; i < PLACES - 1; i++) {
      transfers.save(this::waitForTheEnd);
    }

    assertThat(refusal(transfers.save(TransfersTest::give))).isEqualTo(ProblemCode.OVERLOADED);
    assertThat(more().get(30, SECONDS)).isTrue();
    assertThat(more().get(30, SECONDS)).isTrue();
  }

  /** Slow ones keep their places for long, and nobody else can restore meanwhile. */
  @Test
  void shouldKeepPlacesOfUploadsForOtherClients() {
    InetAddress one = InetAddresses.of(1);
    Transfers.Place first = transfers.upload(one);
    transfers.upload(one);
    assertThatThrownBy(() -> transfers.upload(one)).hasMessageContaining("by this address");
    first.close();
    transfers.upload(one);

    transfers.upload(InetAddresses.of(2));
    transfers.upload(InetAddresses.of(3));
    assertThatThrownBy(() -> transfers.upload(InetAddresses.of(4)))
        .hasMessageContaining("too many snapshots")
        .hasMessageNotContaining("address");
  }
}
