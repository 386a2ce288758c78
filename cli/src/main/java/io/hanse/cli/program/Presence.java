package io.hanse.cli.program;

/** What an agent is told of a proxy from before it starts until it has stopped. */
interface Presence {
  /** Before it starts. May wait for an agent for long; {@link #takeBack} does not wait with it. */
  void begin();

  /** It listens. */
  void settle();

  /**
   * Before it stops to listen: nobody is to be led there from now on. Answers whether the agent has
   * heard of it.
   */
  boolean leave();

  /**
   * After {@link #leave}, whatever that has answered, once nobody listens: where the agent was
   * told, or may have been, it looks for itself from now on.
   */
  void left();

  /** Of one that never listened: nothing is left but what was there before. */
  void takeBack();
}
