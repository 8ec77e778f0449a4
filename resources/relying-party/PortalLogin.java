import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A portal's two steps: a challenge for the session, then the verdict on what the page signed. Java 17, no library. */
public final class PortalLogin {
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String service;

    public PortalLogin(String service) {
        this.service = service;
    }

    /** {"challenge": "…"}: give it to the page of this session and to no other. */
    public String challenge(String session) throws IOException, InterruptedException {
        return post("/v1/challenges", "{\"session\": " + quoted(session) + "}");
    }

    /** {"result": 0, "accepted": true, "certificate": {…}, …}. The token is the JSON object that the page handed in. */
    public String login(String session, String challenge, String token) throws IOException, InterruptedException {
        String fields = "\"session\": " + quoted(session) + ", \"challenge\": " + quoted(challenge);
        return post("/v1/logins/web-eid", "{" + fields + ", \"token\": " + token + "}");
    }

    private String post(String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service + path))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(15))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("HTTP " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** java PortalLogin.java SERVICE SESSION: prints a challenge, reads "CHALLENGE TOKEN", prints the verdict. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: java PortalLogin.java SERVICE SESSION");
            System.exit(2);
        }
        PortalLogin portal = new PortalLogin(arguments[0]);
        System.out.println(portal.challenge(arguments[1]));
        String[] handedIn = new java.io.BufferedReader(new java.io.InputStreamReader(System.in)).readLine().split(" ", 2);
        System.out.println(portal.login(arguments[1], handedIn[0], handedIn[1]));
    }
}
