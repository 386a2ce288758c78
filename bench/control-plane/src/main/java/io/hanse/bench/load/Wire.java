package io.hanse.bench.load;

import java.nio.ByteBuffer;

/**
 * The protocol of one connection: what a request looks like in bytes, and where an answer ends. One
 * per connection, on one thread.
 */
interface Wire {
  /** Takes note of each answer that is complete. */
  interface Answers {
    /**
     * An answer is complete.
     *
     * @param lane that asked
     */
    void answered(int lane, boolean isOk);
  }

  /** What is sent before the first request. */
  byte[] preface();

  /** The bytes of a request of a lane, which has no other open. */
  byte[] encode(int lane, Request request);

  /**
   * Reads what has come, as far as it is complete.
   *
   * @return what has to be sent in turn, mostly nothing
   */
  byte[] take(ByteBuffer in, Answers answers);
}
