package io.hanse.cli.agent;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.http.request.KeyringQuestion;
import io.hanse.http.request.KeyringReply;
import io.hanse.identity.SharedKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Tells and changes this server's keyring for the server that an operator asked. */
final class KeyringCalls implements Function<ByteString, CompletableFuture<ByteString>> {
  private final Keyring keyring;
  private final Executor disk;

  /**
   * @param disk where the file is read and written
   */
  KeyringCalls(Keyring keyring, Executor disk) {
    this.keyring = keyring;
    this.disk = disk;
  }

  @Override
  public CompletableFuture<ByteString> apply(ByteString question) {
    return CompletableFuture.supplyAsync(() -> answer(question).toByteString(), disk);
  }

  private synchronized KeyringReply answer(ByteString bytes) {
    KeyringReply.Builder reply = KeyringReply.newBuilder();
    try {
      if (!keyring.isGiven()) {
        return reply.setProblem("Keyring is empty (encryption not enabled)").build();
      }
      KeyringQuestion question = KeyringQuestion.parseFrom(bytes);
      switch (question.getVerb()) {
        case VERB_INSTALL -> keyring.install(key(question));
        case VERB_USE -> keyring.use(key(question));
        case VERB_REMOVE -> keyring.remove(key(question));
        case VERB_LIST -> {}
        case UNRECOGNIZED -> {
          return reply.setProblem("this server does not know what is asked").build();
        }
      }
      keyring.keys().forEach(key -> reply.addKeys(key.text()));
      return reply.build();
    } catch (ProblemException e) {
      return reply.clear().setProblem(String.valueOf(e.getMessage())).build();
    } catch (InvalidProtocolBufferException e) {
      return reply.setProblem("a question about the keyring is not readable").build();
    }
  }

  private static SharedKey key(KeyringQuestion question) {
    try {
      return SharedKey.parse(question.getKey());
    } catch (ProblemException e) {
      throw new ProblemException(
          ProblemCode.INVALID_ARGUMENT, "key size must be 16, 24 or 32 bytes");
    }
  }
}
