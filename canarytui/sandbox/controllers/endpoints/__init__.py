"""Services' endpoints, in both forms: Endpoints objects and EndpointSlices."""
