namespace Tendril.Truth.Tests.Accuracy;

/// <summary>Configurations of nginx that keep everything it writes in the scenario's folder.</summary>
internal static class Nginx
{
    /// <summary>Answers itself.</summary>
    public static string Alone(string folder) => Configuration(folder, "", "return 200 \"nginx\\n\";");

    /// <summary>Asks each of the backends in turn, with a new connection each time.</summary>
    public static string ReverseProxy(string folder, params string[] backends) => Configuration(
        folder, $"upstream backends {{ zone backends 64k; {string.Concat(backends.Select(backend => $"server {backend}; "))} }}", "proxy_pass http://backends;");

    private static string Configuration(string folder, string before, string location) => $$"""
        daemon off; worker_processes 2; pid {{folder}}/nginx.pid; error_log stderr notice;
        events { }
        http {
          access_log off; client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}};
          uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
          {{before}}
          server { listen 80; location / { {{location}} } }
        }
        """;
}
