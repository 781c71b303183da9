"""Texts that hold a credential. All are made up; `harmless_texts` has those that look alike and hold none.

Tokens are put together by `made`, so that no scanner of this repository takes them for real ones.
"""

from __future__ import annotations

import base64
import gzip
import hashlib


def made(prefix: str, length: int, letters: str = "") -> str:
    """A token of the form that a vendor documents: a prefix and so many letters, the same in each run."""
    letters = letters or "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    digest = b"".join(hashlib.sha256(f"{prefix}{n}".encode()).digest() for n in range(length // 32 + 1))
    return prefix + "".join(letters[byte % len(letters)] for byte in digest[:length])


HEX, LOWER, UPPER = "0123456789abcdef", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
KEY_ID = made("AKIA", 16, UPPER)
SECRET = made("", 40)
JWT = ".".join(("ey" + "J" + made("h", 20)[1:], "ey" + "J" + made("c", 60)[1:], made("s", 43)[1:]))


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SCRIPT = f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={KEY_ID}\n"
MULTIPART = f"""Content-Type: multipart/mixed; boundary="b"
MIME-Version: 1.0

--b
Content-Transfer-Encoding: base64
Content-Type: text/x-shellscript; charset="utf-8"

{base64.encodebytes((SCRIPT + "# " + "x" * 200).encode()).decode()}
--b--
"""

# The value of a variable with a name that says nothing -> what it is called.
TOKENS: tuple[tuple[str, str], ...] = (
    (KEY_ID, "an AWS access key id"),
    (made("ASIA", 16, UPPER), "an AWS access key id"),
    (made("ABSK", 128), "an Amazon Bedrock API key"),
    ("-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3Bl", "a private key"),
    ("-----BEGIN EC PRIVATE " + "KEY-----", "a private key"),
    ("-----BEGIN ENCRYPTED PRIVATE " + "KEY-----", "a private key"),
    ("-----BEGIN PGP PRIVATE " + "KEY BLOCK-----", "a private key"),
    ("PuTTY-User-Key" + "-File-3: ssh-ed25519", "a private key"),
    (made("AGE-SECRET-" + "KEY-1", 58, UPPER), "a private key"),
    (made("bedrock-" + "api-key-", 1200), "an Amazon Bedrock API key"),
    *((made(f"gh{letter}" + "_", 36), "a GitHub token") for letter in "pousr"),
    ("ghs" + "_123456_ey" + "J" + made("h", 17) + ".ey" + "J" + made("c", 400) + "." + made("s", 86), "a GitHub token"),
    (made("github_" + "pat_", 22) + "_" + made("p", 58), "a GitHub token"),
    *(
        (made(f"gl{kind}" + "-", 20), "a GitLab token")
        for kind in ("pat", "oas", "dt", "rt", "cbt", "ptt", "ft", "imt", "agent", "soat")
    ),
    ("xoxb" + "-123456789012-1234567890123-" + made("", 24), "a Slack token"),
    ("xoxp" + "-123456789012-1234567890123-1234567890123-" + made("", 32, HEX), "a Slack token"),
    ("xapp" + "-1-A0123ABCDEF-1234567890123-" + made("", 64, HEX), "a Slack token"),
    ("https://hooks." + "slack.com/services/T0123ABCD/B0123ABCD/" + made("", 24), "a Slack webhook"),
    ("https://discord." + "com/api/webhooks/123456789012345678/" + made("", 68), "a Discord webhook"),
    (
        "https://clinic.webhook." + "office.com/webhookb2/1a-2b@3c/IncomingWebhook/" + made("", 32, HEX),
        "a Teams webhook",
    ),
    (
        "https://chat." + "googleapis.com/v1/spaces/AAAA/messages?key=x&token=" + made("", 43),
        "a Google Chat webhook",
    ),
    ("123456789:" + made("AA", 33), "a Telegram token"),
    (made("sk_" + "live_", 24), "a Stripe key"),
    (made("rk_" + "live_", 99), "a Stripe key"),
    (made("whsec" + "_", 32), "a Stripe webhook secret"),
    (made("SG" + ".", 22) + "." + made("s", 42), "a SendGrid key"),
    (made("xwfp" + "-", 48), "a Slack token"),
    (made("sk_" + "org_live_", 40), "a Stripe key"),
    (made("hf" + "_", 34), "a Hugging Face token"),
    (made("SK", 32, HEX), "a Twilio key"),
    (made("SK", 32, HEX.upper()), "a Twilio key"),
    (made("AIza", 35), "a Google API key"),
    (made("GOCSPX" + "-", 28), "a Google OAuth secret"),
    (made("npm" + "_", 36), "an npm token"),
    (made("pypi" + "-AgEIcHlwaS5vcmc", 120), "a PyPI token"),
    (made("rubygems" + "_", 48, HEX), "a RubyGems key"),
    (
        "DefaultEndpointsProtocol=https;AccountName=phi;AccountKey="
        + made("", 86)
        + "==;EndpointSuffix=core.windows.net",
        "an Azure account key",
    ),
    (
        "https://phi.blob.core.windows.net/a?sv=2024-11-04&se=2027-01-01&sr=c&sig=" + made("", 43) + "%3D",
        "an Azure access signature",
    ),
    (made("dop" + "_v1_", 64, HEX), "a DigitalOcean token"),
    (made("shpat" + "_", 32, HEX), "a Shopify token"),
    (made("shpua" + "_", 32, HEX), "a Shopify token"),
    (made("dapi", 32, HEX), "a Databricks token"),
    (made("hvs" + ".", 90), "a Vault token"),
    (made("hvb" + ".", 400), "a Vault token"),
    (made("", 14) + ".atlasv1." + made("", 67), "an HCP Terraform token"),
    (made("sk-" + "proj-", 80), "an OpenAI key"),
    (made("sk-" + "ant-api03-", 95), "an Anthropic key"),
    (made("hf" + "_", 34, LOWER), "a Hugging Face token"),
    (made("dckr" + "_pat_", 27), "a Docker token"),
    (made("NRAK" + "-", 27, UPPER), "a New Relic key"),
    (made("glsa" + "_", 32) + "_" + made("", 8, HEX), "a Grafana token"),
    (made("PMAK" + "-", 24, HEX) + "-" + made("", 34, HEX), "a Postman key"),
    (made("ATATT3", 186), "an Atlassian token"),
    (made("", 32, HEX) + "-us21", "a Mailchimp key"),
    (made("sq0" + "atp-", 22), "a Square token"),
    (made("dp." + "pt.", 43), "a Doppler token"),
    (made("dp." + "said.", 43), "a Doppler token"),
    (made("sntryu" + "_", 64, HEX), "a Sentry token"),
    (made("pul" + "-", 40, HEX), "a Pulumi token"),
    (JWT, "a signed token (JWT)"),
)

# Texts with a login: connection strings, command lines, settings files -> what is found.
LOGINS: tuple[tuple[str, str], ...] = (
    ("postgres://app:S3cret@db.clinic.example:5432/phi", "a URL with a password"),
    ("postgresql+psycopg2://app:p%40ss@db/phi", "a URL with a password"),
    ("mongodb+srv://app:S3cret@cluster0.clinic.example/phi?retryWrites=true", "a URL with a password"),
    ("rediss://:S3cret@cache:6379/0", "a URL with a password"),
    ("jdbc:oracle:thin:app/S3cret@db:1521/phi", "a URL with a password"),
    ("app:S3cret@tcp(db:3306)/phi", "a URL with a password"),
    ("https://app:S3cret@git.clinic.example/a.git", "a URL with a password"),
    ("Server=db;Database=phi;User Id=app;Password=S3cret;Encrypt=true", "a password"),
    ("Data Source=db;Uid=app;Pwd=S3cret;", "a password"),
    (
        "Endpoint=sb://phi.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + made("", 43) + "=",
        "a secret key",
    ),
    ("host=db user=app password=S3cret sslmode=require", "a password"),
    ("jdbc:sqlserver://db;user=app;password=S3cret", "a password"),
    ("mysql -h db -u app -pS3cret phi < dump.sql", "a password"),
    ("mysqldump --single-transaction -uapp -p'S3cret!' phi", "a password"),
    ("mysql --user=app --password=S3cret phi", "a password"),
    ("PGPASSWORD=S3cret psql -h db -U app phi", "a password"),
    ("export PGPASSWORD='S3cret'", "a password"),
    ("export DB_PASSWORD='correct horse battery'", "a password"),
    ("export DB_PASSWORD='S3cr$t(1)'", "a password"),
    ('export X_TOKEN="4f7c9d"', "a token"),
    ("export SLACK_TOKEN=4f7c9d", "a token"),
    ("DBPASS=S3cret ./start", "a password"),
    ("./start --password S3cret --host db", "a password"),
    ("./start --db-password='S3cret'", "a password"),
    ("java -jar a.jar -password S3cret", "a password"),
    ("sshpass -p S3cret ssh app@host", "a password"),
    ("curl -u app:S3cret https://api.clinic.example/", "a password"),
    ("curl --user 'app:S3cret' -fsS https://api.clinic.example/", "a password"),
    ("curl -H 'Authorization: Bearer 4f7c9d4f7c9d' https://api.clinic.example/", "a login in a header"),
    ('curl -H "Authorization: Basic YXBwOlMzY3JldA==" https://api.clinic.example/', "a login in a header"),
    ("docker login -u app -p S3cret registry.clinic.example", "a password"),
    ("docker login --username app --password S3cret registry.clinic.example", "a password"),
    ("echo S3cret | docker login --username app --password-stdin host", "a password"),
    ("az login --service-principal -u 1a2b -p S3cret --tenant t", "a password"),
    ("redis-cli -h cache -a S3cret ping", "a password"),
    ("redis-server --appendonly yes --requirepass S3cret", "a password"),
    ("port 6379\nrequirepass S3cret\n", "a password"),
    ("echo 'masterauth S3cret' >> /etc/redis.conf", "a password"),
    ("sqlcmd -S db -U sa -P S3cret -Q 'select 1'", "a password"),
    ("ldapsearch -x -D cn=app -w S3cret", "a password"),
    ("mongosh --host db -u app -p S3cret", "a password"),
    ("smbclient //files/phi -U 'app%S3cret'", "a password"),
    ("mount -t cifs //files/phi /mnt -o username=app,password=S3cret", "a password"),
    ("echo 'app:S3cret' | chpasswd", "a password"),
    ("chpasswd <<< 'app:S3cret'", "a password"),
    ("echo 'S3cret' | sudo realm join -U admin clinic.example", "a password"),
    ("echo S3cret | kinit admin@CLINIC.EXAMPLE", "a password"),
    ("adcli join -U admin --stdin-password <<< 'S3cret'", "a password"),
    ("usermod -p $(openssl passwd -6 S3cret) app", "a password"),
    ("cmdkey /add:files /user:app /pass:S3cret", "a password"),
    ("net use Z: \\\\files\\records S3cret /user:app", "a password"),
    ("[Environment]::SetEnvironmentVariable('DB_PASSWORD', 'S3cret', 'Machine')", "a password"),
    ("sudo chpasswd <<EOF\napp:S3cret\nEOF\n", "a password"),
    ("echo S3cret | passwd --stdin app", "a password"),
    ("openssl rsa -in k.pem -passin pass:S3cret", "a password"),
    ("keytool -list -storepass S3cret", "a password"),
    ("htpasswd -bc /etc/nginx/users app S3cret", "a password"),
    ("rabbitmqctl add_user app S3cret", "a password"),
    ("net user app S3cret /add", "a password"),
    ("ConvertTo-SecureString 'S3cret' -AsPlainText -Force", "a password"),
    ("ConvertTo-SecureString -AsPlainText -Force -String 'S3cret'", "a password"),
    ("$env:DB_PASSWORD = 'S3cret'", "a password"),
    ("setx DB_PASSWORD S3cret", "a password"),
    ("CREATE USER app IDENTIFIED BY 'S3cret';", "a password"),
    ("ALTER ROLE app WITH LOGIN PASSWORD 'S3cret';", "a password"),
    ("machine git.clinic.example login app password S3cret", "a password"),
    ("echo 'db:5432:phi:app:S3cret' > ~/.pgpass", "a password"),
    ('{"auths":{"registry.clinic.example":{"auth":"' + encoded("app:S3cret") + '"}}}', "a login of a registry"),
    ("//packages.clinic.example/:_authToken=4f7c9d", "a token"),
    ("ENV API_TOKEN 4f7c9d", "a token"),
    ("<password>S3cret</password>", "a password"),
    ("aws_secret_access_key = " + SECRET, "an AWS secret access key"),
    ("cat > /etc/app.env <<'EOF'\nDB_HOST=db\nDB_PASSWORD=S3cret\nEOF\n", "a password"),
    ("#cloud-config\nwrite_files:\n- path: /etc/app\n  content: |\n    db:\n      password: S3cret\n", "a password"),
    ("#cloud-config\nchpasswd:\n  list: |\n    root:RANDOM\n    app:S3cret\n", "a password"),
    ("#cloud-config\nchpasswd:\n  expire: false\n  list:\n  - app:S3cret\n", "a password"),
    ("#cloud-config\nchpasswd:\n  users:\n  - {name: app, password: 'S3cret', type: text}\n", "a password"),
    ("ENCRYPTION_KEY=4f7c9d4f7c9d4f7c", "a secret key"),
    ("JWT_SIGNING_KEY: 4f7c9d4f7c9d4f7c", "a secret key"),
    ("curl -H 'X-Api-Key: 4f7c9d' https://api.clinic.example/", "a secret key"),
    ('curl -H "X-Vault-Token: 4f7c9d" https://vault.clinic.example/', "a token"),
    ("[client]\nuser = app\npassword = S3cret\n", "a password"),
    ("[client]\npassword = S3cret  # of the application\n", "a password"),
    ("db:\n  password: S3cret # of the application\n", "a password"),
    ("spring.datasource.password=S3cret", "a password"),
    ("helm upgrade records ./chart --set db.password=S3cret", "a password"),
    ("kubectl create secret generic db --from-literal=password=S3cret", "a password"),
    ("services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=S3cret\n", "a password"),
    ("echo S3cret | sudo -S systemctl start records", "a password"),
    ("#cloud-config\nusers:\n- name: app\n  plain_text_passwd: S3cret\n", "a password"),
    ("<powershell>\n$Password = 'S3cret'\n</powershell>", "a password"),
    ('org.apache.kafka...PlainLoginModule required username=\\"app\\" password=\\"S3cret\\";', "a password"),
    ("ngrok http 8080 --basic-auth 'app:S3cret'", "a password"),
    ("celery flower --basic-auth=app:S3cret", "a password"),
    ("FLOWER_BASIC_AUTH=app:S3cret", "a password"),
    ("http --auth app:S3cret https://api.clinic.example/", "a password"),
    ("http -a app:S3cret https://api.clinic.example/", "a password"),
    ("skopeo copy --src-creds app:S3cret docker://a docker://b", "a password"),
    ("podman pull --creds=app:S3cret registry.clinic.example/a", "a password"),
    ("etcdctl --user root:S3cret get /records", "a password"),
    ("NEO4J_AUTH=neo4j/S3cret", "a password"),
    ("REDIS_AUTH=S3cret", "a password"),
    ("export REDISCLI_AUTH='S3cret'", "a password"),
    ('{"redisAuth": "S3cret"}', "a password"),
    ("nats-server --auth 4f7c9d --port 4222", "a token"),
    ("nats-server -p 4222 -auth=4f7c9d", "a token"),
    ("vault server -dev -dev-root-token-id=4f7c9d", "a token"),
    ("vault server -dev -dev-root-token-id 4f7c9d", "a token"),
    ("VAULT_DEV_ROOT_TOKEN_ID=4f7c9d", "a token"),
    ("curl -H 'Authorization: Splunk 4f7c9d4f-7c9d-4f7c' https://hec.clinic.example/", "a login in a header"),
    ('{"Authorization": "Splunk 4f7c9d4f-7c9d-4f7c"}', "a login in a header"),
    ("curl -H 'Authorization: GenieKey 4f7c9d4f-7c9d-4f7c' https://alerts.clinic.example/", "a login in a header"),
    ('curl -H "Authorization: SSWS 4f7c9d4f7c9d" https://clinic.okta.example/', "a login in a header"),
    ("[OUTPUT]\n    Name http\n    Header Authorization Splunk 4f7c9d4f7c9d\n", "a login in a header"),
    ('{"Name": "http", "Header": "Authorization Splunk 4f7c9d4f7c9d"}', "a login in a header"),
    ("[OUTPUT]\n    Name splunk\n    Splunk_Token 4f7c9d4f\n", "a token"),
    ("[OUTPUT]\n    Name es\n    HTTP_User app\n    HTTP_Passwd S3cret\n", "a password"),
    ("mount -t cifs //files/phi /mnt -o username=app,password=S3cret,vers=3.0", "a password"),
    ("mount -o rw,pass=S3cret,uid=0 -t cifs //files/phi /mnt", "a password"),
    ("//files/phi /mnt cifs username=app,password=S3cret,vers=3.0 0 0\n", "a password"),
    ('mounts:\n- [ //files/phi, /mnt, cifs, "username=app,password=S3cret,vers=3.0" ]\n', "a password"),
    ("openssl enc -d -aes-256-cbc -in a.enc -out a -k S3cret", "a password"),
    ("openssl aes-256-cbc -d -in a.enc -k S3cret", "a password"),
    ("openssl enc -aes-256-cbc -K 4f7c9d4f7c9d4f7c4f7c9d4f7c9d4f7c -iv 00", "a secret key"),
    ("openssl dgst -sha256 -hmac S3cret a.txt", "a secret key"),
    ("unzip -P S3cret a.zip", "a password"),
    ('{"contents":{"source":"data:,DB_HOST%3Ddb%0ADB_PASSWORD%3DS3cret%0A"}}', "a password"),
    ('{"contents":{"source":"data:text/plain;charset=utf-8,password%3A%20S3cret"}}', "a password"),
    ('{"contents":{"source":"data:;base64,' + encoded(SCRIPT).replace("=", "%3D") + '"}}', "an AWS access key id"),
    # encoded, once or more
    (f"#cloud-config\nwrite_files:\n- encoding: b64\n  content: {encoded(SCRIPT)}\n", "an AWS access key id"),
    (f"#cloud-config\nwrite_files:\n- encoding: gz+b64\n  content: {packed(SCRIPT)}\n", "an AWS access key id"),
    (f"echo {encoded('PASSWORD=S3cret for the database')} | base64 -d > .env", "a password"),
    (MULTIPART, "an AWS access key id"),
    (packed(MULTIPART), "an AWS access key id"),
    (encoded(SCRIPT), "an AWS access key id"),
    (
        "powershell -EncodedCommand " + base64.b64encode("$password = 'S3cret'".encode("utf-16-le")).decode(),
        "a password",
    ),
)
