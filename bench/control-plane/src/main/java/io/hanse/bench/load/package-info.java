/** Loads three servers of Hanse, etcd and Consul in turns, and prints what each costs. */
package io.hanse.bench.load;
