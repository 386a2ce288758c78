package io.hanse.fsm.port;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Asks a server that is named for what only it can say of itself. */
public interface ServerCall {
  /** Answers calls by this name, whoever leads. */
  void serveHere(String name, Function<ByteString, CompletableFuture<ByteString>> handler);

  /** Calls a server, which may be this one. */
  CompletableFuture<ByteString> callServer(
      String raftId, String name, ByteString request, Duration patience);
}
