# The bot as an image: no compiler, no package index, a user without a name. Its root may be read-only;
# it writes to /data and /keys alone.

FROM python:3.13-slim AS build
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin siskamling \
    && install -d -o siskamling -g siskamling -m 0700 /data /keys
WORKDIR /app
COPY --from=build /venv /venv
COPY alembic.ini ./
COPY alembic alembic
COPY locales locales
COPY models models
COPY domain domain
COPY handlers handlers
COPY bot bot
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/bot.db \
    DATA_DIR=/data \
    KEYS_FILE=/keys/keys \
    LISTEN=0.0.0.0:8080
VOLUME /data /keys
EXPOSE 8080
STOPSIGNAL SIGTERM
USER 10001:10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/livez', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
