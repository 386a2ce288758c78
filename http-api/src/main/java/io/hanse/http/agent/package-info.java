/** What the API needs of the agent that it runs in. */
package io.hanse.http.agent;
