/** Real processes of the distribution, and what stands between them and their clients. */
package io.hanse.jepsen.lab;
