"""What tests of pages ask of an answer."""


def text_of(client, path, **query):
    response = client.get(path, query)
    assert response.status_code == 200
    page = response.content.decode()
    assert "<c-" not in page
    return page


def errors_of(response):
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}
