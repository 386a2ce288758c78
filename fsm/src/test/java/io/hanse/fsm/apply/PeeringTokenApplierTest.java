package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.Commands.acceptor;
import static io.hanse.fsm.apply.Commands.dialer;
import static io.hanse.fsm.apply.Commands.establish;
import static io.hanse.fsm.apply.Commands.exchange;
import static io.hanse.fsm.apply.Commands.generate;
import static io.hanse.fsm.apply.Commands.markDeleted;
import static io.hanse.fsm.apply.Commands.promote;
import static io.hanse.fsm.apply.Commands.purge;
import static io.hanse.fsm.apply.Commands.remove;
import static io.hanse.fsm.apply.Commands.write;
import static io.hanse.fsm.apply.TokenCommands.follow;
import static io.hanse.fsm.apply.TokenCommands.pin;
import static io.hanse.fsm.apply.TokenCommands.remembering;
import static io.hanse.fsm.apply.TokenCommands.revoke;
import static io.hanse.fsm.apply.TokenCommands.rotate;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.row.Command;
import io.hanse.fsm.row.CommandResult;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.fsm.row.PeeringSecrets;
import io.hanse.fsm.row.PeeringState;
import io.hanse.fsm.store.TableId;
import io.hanse.fsm.view.Peerings;
import io.hanse.fsm.view.TokenFates;
import io.hanse.fsm.view.TokenFates.Fate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How tokens end, how stream secrets follow each other, and where an operator wants to dial. */
class PeeringTokenApplierTest {
  private final Replica replica = new Replica();

  @AfterEach
  void close() {
    replica.close();
  }

  private PeeringSecrets secrets() {
    return new Peerings(replica.now()).secrets("id-west").orElseThrow();
  }

  private Fate fate(String establishment) {
    return TokenFates.of(secrets(), establishment, replica.timeMillis);
  }

  private static Command.Builder token(String establishment, long expiresMillis) {
    Command.Builder token = remembering(generate(acceptor("west"), establishment));
    token.getWritePeeringBuilder().getGenerateBuilder().setExpiresMillis(expiresMillis);
    return token;
  }

  private static Command.Builder redeem(String establishment, String pending) {
    return remembering(exchange("id-west", establishment, pending, ""));
  }

  @Test
  void shouldTellTokensApartThatAreGoodNoMore() {
    replica.done(token("superseded", 0));
    replica.done(token("used", 0));
    replica.done(redeem("used", "p1"));
    replica.done(token("revoked", 0));
    assertThat(replica.done(revoke("WEST")).getDone()).isTrue();
    assertThat(replica.done(revoke("west")).getDone()).isFalse();
    replica.done(token("expired", replica.timeMillis + 1_000));
    replica.timeMillis += 1_000;
    replica.done(token("good", 0));

    assertThat(fate("good")).isEqualTo(Fate.GOOD);
    assertThat(fate("used")).isEqualTo(Fate.REDEEMED);
    assertThat(fate("superseded")).isEqualTo(Fate.SUPERSEDED);
    assertThat(fate("revoked")).isEqualTo(Fate.REVOKED);
    assertThat(fate("expired")).isEqualTo(Fate.EXPIRED);
    assertThat(fate("never")).isEqualTo(Fate.UNKNOWN);
    assertThat(fate("")).isEqualTo(Fate.UNKNOWN);
    assertThat(replica.refusal(redeem("revoked", "p2"))).isEqualTo("invalid establishment secret");
    assertThat(secrets().toString()).doesNotContain("superseded", "used\"");
  }

  @Test
  void shouldLetATokenExpireByTheClockOfTheLog() {
    long end = replica.timeMillis + 60_000;
    replica.done(token("e1", end));
    replica.timeMillis = end - 1;
    replica.done(redeem("e1", "p1"));
    replica.done(token("e2", end));
    replica.timeMillis = end;

    assertThat(replica.refusal(redeem("e2", "p2")))
        .isEqualTo("invalid establishment secret: the token has expired");
    assertThat(secrets().getPendingStream()).isEqualTo("p1");
    assertThat(fate("e2")).isEqualTo(Fate.EXPIRED);
  }

  @Test
  void shouldGiveTheLostAnswerAgainAfterTheEndOfTheToken() {
    replica.done(token("e1", replica.timeMillis + 1_000));
    replica.done(remembering(exchange("id-west", "e1", "p1", "nonce")));
    replica.timeMillis += 10_000;

    assertThat(
            replica
                .done(remembering(exchange("id-west", "e1", "p2", "nonce")))
                .getPayload()
                .toStringUtf8())
        .isEqualTo("p1");
  }

  @Test
  void shouldForgetTheOldestTokens() {
    for (int i = 0; i < 40; i++) {
      replica.done(token("e" + i, 0));
    }
    assertThat(secrets().getRetiredTokensCount()).isEqualTo(16);
    assertThat(fate("e38")).isEqualTo(Fate.SUPERSEDED);
    assertThat(fate("e0")).isEqualTo(Fate.UNKNOWN);
    assertThat(replica.now().size(TableId.SECRETS_IN_USE)).isEqualTo(1);
  }

  @Test
  void shouldRevokeOnlyWhereTokensAreMade() {
    replica.done(write(dialer("west")));

    CommandResult unknown = replica.submit(revoke("nobody"));
    assertThat(Replica.problem(unknown)).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(unknown.getMessage()).isEqualTo("Peering not found for \"nobody\"");
    assertThat(replica.refusal(revoke("west"))).contains("only its maker can revoke");
  }

  @Test
  void shouldFollowOneStreamSecretByAnotherWithoutAGap() {
    replica.done(token("e1", 0));
    replica.done(redeem("e1", "s1"));
    assertThat(replica.refusal(rotate("id-west", "other", "s2")))
        .isEqualTo("invalid peering stream secret");
    replica.done(promote(acceptor("west"), "s1"));

    assertThat(payload(rotate("id-west", "s1", "s2"))).isEqualTo("s2");
    assertThat(payload(rotate("id-west", "s1", "s3"))).as("a lost answer").isEqualTo("s2");
    assertThat(secrets().getActiveStream()).isEqualTo("s1");
    assertThat(secrets().getPendingStream()).isEqualTo("s2");

    assertThat(payload(rotate("id-west", "s2", ""))).isEqualTo("s2");
    assertThat(payload(rotate("id-west", "s2", ""))).as("confirmed twice").isEqualTo("s2");
    assertThat(secrets().getActiveStream()).isEqualTo("s2");
    assertThat(secrets().getPendingStream()).isEmpty();
    assertThat(replica.refusal(rotate("id-west", "s1", "s4")))
        .isEqualTo("invalid peering stream secret");
    assertThat(replica.now().size(TableId.SECRETS_IN_USE)).isEqualTo(1);
  }

  @Test
  void shouldGoOnFromASecretThatWasNeverConfirmed() {
    replica.done(token("e1", 0));
    replica.done(redeem("e1", "s1"));
    replica.done(promote(acceptor("west"), "s1"));
    replica.done(rotate("id-west", "s1", "s2"));

    assertThat(payload(rotate("id-west", "s2", "s3"))).isEqualTo("s3");
    assertThat(secrets().getActiveStream()).isEqualTo("s2");
  }

  @Test
  void shouldNotTakeAwayWhatATokenWasRedeemedFor() {
    replica.done(token("e1", 0));
    replica.done(redeem("e1", "s1"));
    replica.done(promote(acceptor("west"), "s1"));
    replica.done(token("e2", 0));
    replica.done(redeem("e2", "theirs"));

    assertThat(replica.refusal(rotate("id-west", "s1", "s2")))
        .isEqualTo("a token of this peering was redeemed and has yet to be used");
    assertThat(secrets().getPendingStream()).isEqualTo("theirs");
  }

  @Test
  void shouldReplaceADialersSecretOnlyIfItIsStillThere() {
    replica.done(establish(dialer("west").setState(PeeringState.ESTABLISHING), "s1"));

    assertThat(replica.done(follow("id-west", "other", "s2")).getDone()).isFalse();
    assertThat(secrets().getActiveStream()).isEqualTo("s1");
    assertThat(replica.done(follow("id-west", "s1", "s2")).getDone()).isTrue();
    assertThat(secrets().getActiveStream()).isEqualTo("s2");
    assertThat(secrets().getActiveSinceMillis()).isEqualTo(replica.timeMillis);
  }

  @Test
  void shouldKeepPinnedAddressesUntilThePeeringIsGone() {
    replica.done(write(dialer("west")));
    replica.done(write(acceptor("east")));

    assertThat(replica.done(pin("west", "10.0.0.9:8503")).getDone()).isTrue();
    assertThat(replica.done(pin("west", "10.0.0.9:8503")).getDone()).isFalse();
    replica.done(write(dialer("west")));
    assertThat(new Peerings(replica.now()).pinned("id-west"))
        .extracting(PeerAddress::getAddress)
        .containsExactly("10.0.0.9:8503");
    assertThat(replica.refusal(pin("east", "10.0.0.9:8503"))).contains("dials nowhere");
    assertThat(replica.refusal(pin("nobody"))).isEqualTo("Peering not found for \"nobody\"");

    replica.done(markDeleted("west"));
    assertThat(replica.refusal(pin("west", "10.0.0.8:8503"))).contains("marked for deletion");
    replica.done(purge("west", 10));
    replica.done(remove("id-west"));
    assertThat(replica.now().size(TableId.PINNED_ADDRESSES)).isZero();
  }

  private String payload(Command.Builder command) {
    return replica.done(command).getPayload().toStringUtf8();
  }
}
