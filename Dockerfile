# The application alone; the database is a container of its own (compose.yaml).
FROM node:22-bookworm-slim AS frontend
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY scripts/vendor_frontend scripts/
RUN npm ci --ignore-scripts && python3 scripts/vendor_frontend

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SHUDI_VAR=/var/lib/shudi \
    SHUDI_BIND=0.0.0.0:8000
# Reports: Pango sets the type, Noto CJK is the Chinese face.
RUN apt-get update \
 && apt-get install -y --no-install-recommends fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home --home-dir /var/lib/shudi --shell /usr/sbin/nologin shudi
WORKDIR /srv/shudi
COPY setup.cfg pyproject.toml constraints.txt README.md LICENSE ./
COPY routing routing
COPY geodata geodata
COPY maps maps
COPY app app
COPY --from=frontend /build/app/static/vendor app/static/vendor
# Editable, so that templates, scripts and migrations are served from where they are copied to.
RUN pip install --no-cache-dir -c constraints.txt setuptools \
 && pip install --no-cache-dir -c constraints.txt --no-build-isolation -e .
USER shudi
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# Waits for the database named by DATABASE_URL, migrates it and serves.
CMD ["python", "-m", "app.serve", "--host", "0.0.0.0", "--port", "8000"]
