/**
 * The discovery chain: what router, splitter, resolver and defaults of services mean together, as a
 * graph from the name that is called to the instances that answer. {@link
 * io.hanse.fsm.chain.ChainCompiler} makes it of whatever rows it is given, so that the same code
 * answers queries and judges a change before it is made. Source: mesh data plane, section 7.
 */
package io.hanse.fsm.chain;
