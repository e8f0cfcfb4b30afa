package dev.ebb.cli.server;

/** The three ways to call a running router, ready to be pasted. */
public final class ThreeWays {
  private ThreeWays() {}

  /** The text that {@code ebb up} prints once it is ready. */
  public static String text(String url, String modelId) {
    return """
        Ebb serves %2$s at %1$s. Three ways to call it:

        1. curl, the OpenAI protocol:
             curl -N %1$s/v1/chat/completions -H 'Content-Type: application/json' -d '{
               "model": "%2$s", "stream": true, "temperature": 0.2,
               "messages": [{"role": "user", "content": "Why is the sky blue?"}]}'

        2. Python, the official client (pip install openai):
             from openai import OpenAI
             client = OpenAI(base_url="%1$s/v1", api_key="none")
             for chunk in client.chat.completions.create(model="%2$s", stream=True, temperature=0.2,
                 messages=[{"role": "user", "content": "Why is the sky blue?"}]):
               print(chunk.choices[0].delta.content or "", end="", flush=True)

        3. A CloudEvent by curl:
             curl %1$s/ -H 'Content-Type: application/json' -H 'ce-specversion: 1.0' -H "ce-id: $(date +%%s%%N)" \\
               -H 'ce-source: /me' -H 'ce-type: dev.ebb.generate.requested' \\
               -d '{"model": "%2$s", "temperature": 0.2,
                    "messages": [{"role": "user", "content": "Why is the sky blue?"}]}'

        In another terminal: ebb chat, ebb status. Ctrl-C stops everything.
        """.formatted(url, modelId);
  }
}
