# Odoo 19 with the suite and with what fills the demo. See docker-compose.yml.
FROM odoo:19

USER root
# What the addons import; the demo's purchases (MIT) and the clock that lets its grades have a past.
COPY requirements/addons.txt requirements/demo.txt /tmp/
RUN pip3 install --no-cache-dir --break-system-packages -r /tmp/addons.txt -r /tmp/demo.txt freezegun \
    && rm /tmp/addons.txt /tmp/demo.txt

COPY addons /mnt/extra-addons
COPY tools/__init__.py tools/demo_*.py /opt/customer-policy/tools/
COPY docker/init.sh /opt/customer-policy/init.sh
ENV PYTHONPATH=/opt/customer-policy

USER odoo
